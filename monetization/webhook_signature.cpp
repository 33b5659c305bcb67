#include "monetization/webhook_signature.h"

#include <fmt/format.h>

#include "core/hash.h"
#include "monetization/csv.h"

namespace earmark::monetization {
namespace {

std::string signature_of(std::string_view body, std::string_view secret, std::int64_t seconds) {
  const auto signed_text = fmt::format("{}.{}", seconds, body);
  return to_hex(hmac_sha256(as_bytes(secret), as_bytes(signed_text)));
}

tl::unexpected<Error> refused(std::string_view why) {
  return fail(ErrorCode::kRefused, fmt::format("event of the payment processor: {}", why));
}

}  // namespace

std::string sign_event(std::string_view body, std::string_view secret, Timestamp at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  return fmt::format("t={},v1={}", seconds, signature_of(body, secret, seconds));
}

Status check_signature(std::string_view body, std::string_view header, std::string_view secret,
                       Timestamp now) {
  std::optional<std::int64_t> seconds;
  bool is_signed = false;
  // Several signatures may be there while a secret is changed; one that is right is enough.
  for (int pass = 0; pass < 2; ++pass) {
    for (std::string_view rest = header; !rest.empty();) {
      const auto comma = rest.find(',');
      const auto part = rest.substr(0, comma);
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
      if (pass == 0 && part.starts_with("t=")) seconds = whole_number(part.substr(2));
      if (pass == 1 && seconds && part.starts_with("v1="))
        is_signed = is_signed || same_secret(part.substr(3), signature_of(body, secret, *seconds));
    }
  }
  if (!seconds) return refused("its signature has no time");
  if (!is_signed) return refused("it is not signed with our secret");
  const auto apart = std::chrono::abs(now - Timestamp(std::chrono::seconds(*seconds)));
  if (apart > kSignatureTolerance) return refused("its signature is not of this moment");
  return {};
}

}  // namespace earmark::monetization
