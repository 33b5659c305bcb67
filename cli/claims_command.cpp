#include <fmt/format.h>

#include "api/encode.h"
#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/text.h"

namespace earmark::cli {
namespace {

std::string stretch(std::int64_t from_ms, std::int64_t to_ms) {
  return time_code(static_cast<std::uint64_t>(from_ms)) + " to " +
         time_code(static_cast<std::uint64_t>(to_ms));
}

void print_for_people(const registry::Claim& claim, Console& console) {
  constexpr std::size_t kDateLength = 10;  // of an RFC 3339 time
  console.line(fmt::format("{}  {}  {} (for {})  {} sure  answer until {}", claim.id,
                           registry::to_string(claim.status), registry::to_string(claim.action),
                           printable(claim.owner), percent(claim.use.probability),
                           to_rfc3339(claim.deadline_at).substr(0, kDateLength)));
  const std::string& episode = claim.episode_title.empty() ? claim.guid : claim.episode_title;
  console.line(fmt::format("  in    {}  {}  {}", stretch(claim.use.query_start_ms, claim.use.query_end_ms),
                           printable(episode), printable(claim.feed)));
  console.line(fmt::format("  plays {}  {}  {}",
                           stretch(claim.use.reference_start_ms, claim.use.reference_end_ms),
                           printable(claim.title), claim.recording_id));
}

}  // namespace

Exit run(const Common& common, const ClaimsListOptions& options, Console& console) {
  const auto registry = open_registry(common);
  if (!registry) return failed(console, registry.error());
  registry::ClaimFilter filter;
  filter.status = options.status;
  filter.recording_id = options.recording_id;
  filter.feed_url = options.feed;
  const auto claims = (*registry)->claims().list(filter);
  if (!claims) return failed(console, claims.error());
  for (const auto& claim : *claims) {
    if (console.is_json()) {
      console.result(api::encode(claim));
    } else {
      print_for_people(claim, console);
    }
  }
  if (claims->empty() && !console.is_json())
    console.note(LogLevel::kInfo, "no such claims in " + common.store.native());
  return Exit::kDone;
}

}  // namespace earmark::cli
