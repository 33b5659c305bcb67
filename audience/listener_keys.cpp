#include "audience/listener_keys.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>

#include <fmt/format.h>

#include "core/file.h"
#include "core/hash.h"
#include "core/json.h"
#include "core/secret_file.h"

namespace earmark::audience {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::uint64_t kMostBytes = 1 << 20;

SealingKey derived(const SealingKey& secret, std::string_view purpose) {
  const Sha256 digest = hmac_sha256(secret, as_bytes(purpose));
  SealingKey key;
  std::copy(digest.begin(), digest.end(), key.begin());
  return key;
}

Error corrupt(const std::filesystem::path& file, std::string_view what) {
  return {ErrorCode::kCorrupt, fmt::format("{}: {}; restore it from a copy, or move it away: what it "
                                           "protected is then lost, as if erased",
                                           file.string(), what)};
}

}  // namespace

std::string epoch_of(std::int64_t time_s) {
  const std::chrono::sys_seconds time{std::chrono::seconds(time_s)};
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(time)};
  return fmt::format("{:04}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()));
}

Result<std::pair<std::int64_t, std::int64_t>> span_of_epoch(std::string_view epoch) {
  const auto bad = [&] {
    return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is no month, expected e.g. 2026-11", epoch));
  };
  if (epoch.size() != 7 || epoch[4] != '-') return bad();
  int year = 0;
  unsigned month = 0;
  if (std::from_chars(epoch.data(), epoch.data() + 4, year).ptr != epoch.data() + 4) return bad();
  if (std::from_chars(epoch.data() + 5, epoch.data() + 7, month).ptr != epoch.data() + 7) return bad();
  if (month < 1 || month > 12) return bad();
  using std::chrono::sys_days;
  const std::chrono::year_month from{std::chrono::year{year}, std::chrono::month{month}};
  const std::chrono::year_month to = from + std::chrono::months{1};
  const auto seconds = [](std::chrono::year_month m) {
    const auto days = sys_days{m / std::chrono::day{1}}.time_since_epoch();
    return std::int64_t{std::chrono::duration_cast<std::chrono::seconds>(days).count()};
  };
  return std::pair{seconds(from), seconds(to)};
}

Result<ListenerKeys> ListenerKeys::load(const std::filesystem::path& store) {
  ListenerKeys keys;
  keys.file_ = store / kKeyFile;
  const auto bytes = read_file(keys.file_, kMostBytes);
  if (!bytes && bytes.error().code == ErrorCode::kNotFound) return keys;
  if (!bytes) return fail(bytes.error());
  const auto json = parse_json(as_text(*bytes));
  if (!json || !json->is_object() || json->value("version", std::int64_t{0}) != kVersion ||
      !json->contains("epochs") || !json->contains("erased"))
    return fail(corrupt(keys.file_, "not a file of keys"));
  for (const auto& [epoch, text] : (*json)["epochs"].items()) {
    const auto secret = text.is_string() ? from_base64(text.get<std::string>())
                                         : Result<Bytes>(fail(ErrorCode::kCorrupt, "no text"));
    if (!secret || secret->size() != std::tuple_size_v<SealingKey> || !span_of_epoch(epoch))
      return fail(corrupt(keys.file_, "the key of " + epoch + " is none"));
    std::copy(secret->begin(), secret->end(), keys.secrets_[epoch].begin());
  }
  for (const auto& epoch : (*json)["erased"]) {
    if (epoch.is_string()) keys.erased_.insert(epoch.get<std::string>());
  }
  return keys;
}

std::optional<EpochKeys> ListenerKeys::find(const std::string& epoch) const {
  const auto at = secrets_.find(epoch);
  if (at == secrets_.end()) return std::nullopt;
  return EpochKeys{derived(at->second, "earmark listeners"), derived(at->second, "earmark requests")};
}

std::vector<std::string> ListenerKeys::epochs() const {
  std::vector<std::string> out;
  for (const auto& [epoch, secret] : secrets_) out.push_back(epoch);
  return out;
}

Status ListenerKeys::make(const std::string& epoch) {
  EARMARK_TRY_STATUS(span_of_epoch(epoch));
  if (was_erased(epoch))
    return fail(ErrorCode::kRefused, "the key of " + epoch + " was erased: nothing is taken for it any more");
  if (!secrets_.contains(epoch)) secrets_.emplace(epoch, new_sealing_key());
  return {};
}

Status ListenerKeys::erase(const std::string& epoch) {
  if (secrets_.erase(epoch) == 0) return fail(ErrorCode::kNotFound, "there is no key of " + epoch);
  erased_.insert(epoch);
  return {};
}

Status ListenerKeys::save() const {
  Json epochs = Json::object();
  for (const auto& [epoch, secret] : secrets_) epochs[epoch] = to_base64(secret);
  const Json json = {{"version", kVersion}, {"epochs", std::move(epochs)}, {"erased", erased_}};
  const std::string text = to_line(json) + "\n";
  return write_secret_file(file_, as_bytes(text));
}

std::uint64_t listener_id(const EpochKeys& keys, const Address& address) {
  const Address part = listener_part(address);
  const Sha256 code = hmac_sha256(keys.listeners, std::as_bytes(std::span(part)));
  std::uint64_t id = 0;
  std::memcpy(&id, code.data(), sizeof id);
  return id;
}

}  // namespace earmark::audience
