#include "api/register.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "api/decision.h"
#include "api/encode.h"
#include "core/parallel.h"

namespace earmark::api {
namespace {

constexpr double kWeakest = 0.5;                ///< as `earmark match --review`
constexpr std::uint64_t kLongQueryMs = 60'000;  ///< from here on all processors help with one search
constexpr std::size_t kLongestText = 1000;      ///< of a title

/// What was wrong with the audio, never with the service: a limit that it reached is the client's to mend.
Error blame_input(Error error) {
  if (error.code == ErrorCode::kResourceExhausted) error.code = ErrorCode::kInvalidArgument;
  return error;
}

Result<catalogue::Analysed> analyse(Service& service, audio::ByteSource& source) {
  auto analysed = service.catalogue().analyse(source);
  if (!analysed) return fail(blame_input(std::move(analysed).error()));
  return analysed;
}

Result<bool> parse_flag(const std::string& name, const std::string& text) {
  if (text == "true" || text == "1" || text.empty()) return true;
  if (text == "false" || text == "0") return false;
  return fail(ErrorCode::kInvalidArgument, name + " must be true or false");
}

Result<Json> run_register(Service& service, audio::ByteSource& source, const Json& from) {
  catalogue::RegisterRequest request;
  request.owner = from.value("owner", "");
  request.title = from.value("title", "");
  request.isrc = from.value("isrc", "");
  EARMARK_TRY(request.policy, registry::parse_policy_action(from.value("policy", "track")));
  EARMARK_TRY(auto registered, register_audio(service, source, request));
  return std::move(registered.json);
}

/// The matches as the one who asks may see them.
Result<Json> matches_for(Service& service, const std::vector<catalogue::MatchedUse>& uses,
                         const MatchRequest& request) {
  std::vector<std::int64_t> keys;
  for (const auto& use : uses) keys.push_back(use.match.recording);
  EARMARK_TRY(const auto recordings, service.registry().recordings().find_all(keys));
  Json matches = Json::array();
  for (const auto& use : uses) {
    matches.push_back(encode(use));
    const auto found = recordings.find(use.match.recording);
    const bool is_own = found != recordings.end() && found->second.owner == request.viewer;
    // How others name their files and folders is theirs to tell.
    if (!is_own && !request.sees_all) matches.back()["source"] = nullptr;
    if (use.match.probability < request.min_probability) matches.back()["review"] = true;
  }
  return matches;
}

MatchRequest decode_match_request(const Json& request) {
  MatchRequest decoded;
  decoded.min_probability = request.value("min_probability", decoded.min_probability);
  decoded.review = request.value("review", false);
  decoded.territory = request.value("territory", "");
  decoded.feed = request.value("feed", "");
  decoded.viewer = request.value("viewer", "");
  decoded.sees_all = request.value("sees_all", false);
  return decoded;
}

}  // namespace

Result<catalogue::RegisterRequest> parse_register_request(const Call& call) {
  catalogue::RegisterRequest request;
  request.title = call.field("title").value_or("");
  request.isrc = call.field("isrc").value_or("");
  if (request.title.size() > kLongestText) return fail(ErrorCode::kInvalidArgument, "title is too long");
  EARMARK_TRY(request.policy, registry::parse_policy_action(call.field("policy").value_or("track")));
  const std::string owner = call.field("owner").value_or("");
  if (!owner.empty() && owner != call.caller.party && !call.caller.is_admin())
    return fail(ErrorCode::kRefused, "this key registers for " + call.caller.party + " only");
  request.owner = owner.empty() ? call.caller.party : owner;
  return request;
}

Json encode(const catalogue::RegisterRequest& request) {
  return {{"owner", request.owner},
          {"policy", registry::to_string(request.policy)},
          {"title", request.title},
          {"isrc", request.isrc}};
}

Result<Registered> register_audio(Service& service, audio::ByteSource& source,
                                  const catalogue::RegisterRequest& request) {
  EARMARK_TRY(const auto analysed, analyse(service, source));
  EARMARK_TRY(const auto outcome, service.catalogue().add(analysed, request));
  Registered registered;
  registered.recording_id = outcome.recording_id;
  registered.is_new = outcome.status == catalogue::RegisterStatus::kRegistered;
  std::string reason = outcome.reason;
  bool is_own = true;
  if (outcome.status == catalogue::RegisterStatus::kDuplicate) {
    EARMARK_TRY(const auto twin, service.registry().recordings().find(outcome.recording_id));
    is_own = twin && twin->owner == request.owner;
    // Who the other one is, and what his files are called, is not for this party to know.
    if (!is_own) reason = "another party has registered this audio";
  }
  registered.json = {{"source", source.name()},
                     {"recording_id", text_or_null(outcome.recording_id)},
                     {"status", to_string(outcome.status)},
                     {"duration_ms", outcome.duration_ms},
                     {"fingerprint_bytes", outcome.fingerprint_bytes},
                     {"error", nullptr},
                     {"reason", text_or_null(reason)},
                     {"is_own", is_own},
                     {"warnings", analysed.warnings}};
  return registered;
}

Result<MatchRequest> parse_match_request(const Call& call) {
  MatchRequest request;
  if (const auto text = call.field("min_probability")) {
    const auto [end, error] =
        std::from_chars(text->data(), text->data() + text->size(), request.min_probability);
    const bool is_number = error == std::errc{} && end == text->data() + text->size();
    if (!is_number || !(request.min_probability >= 0.0 && request.min_probability <= 1.0))
      return fail(ErrorCode::kInvalidArgument, "min_probability must be a number from 0 to 1");
  }
  if (const auto text = call.field("review")) {
    EARMARK_TRY(request.review, parse_flag("review", *text));
  }
  request.territory = call.field("territory").value_or("");
  if (!request.territory.empty() && !registry::is_country(request.territory))
    return fail(ErrorCode::kInvalidArgument, "territory must be a code of ISO 3166-1, as DE");
  request.feed = call.field("feed").value_or("");
  // A platform's key may be of the operator's own party, for want of a better one.
  if (call.caller.role == Role::kHolder) request.viewer = call.caller.party;
  request.sees_all = call.caller.is_admin();
  return request;
}

Json encode(const MatchRequest& request) {
  return {{"min_probability", request.min_probability},
          {"review", request.review},
          {"territory", request.territory},
          {"feed", request.feed},
          {"viewer", request.viewer},
          {"sees_all", request.sees_all}};
}

Result<Json> match_audio(Service& service, audio::ByteSource& source, const MatchRequest& request) {
  EARMARK_TRY(const auto analysed, analyse(service, source));
  const std::uint64_t duration_ms = analysed.fingerprint.duration_ms();
  index::SearchOptions search;
  search.threads = duration_ms < kLongQueryMs ? 1 : default_threads();
  search.min_probability = std::min(kWeakest, request.min_probability);
  EARMARK_TRY(auto uses, service.catalogue().match(analysed, search));
  const double shown_from = request.review ? search.min_probability : request.min_probability;
  std::erase_if(uses, [&](const auto& use) { return use.match.probability < shown_from; });
  EARMARK_TRY(auto matches, matches_for(service, uses, request));
  EARMARK_TRY(auto decision,
              decide(service.registry(), uses, {request.min_probability, request.territory, request.feed}));
  return Json{{"query", {{"duration_ms", duration_ms}}},
              {"matches", std::move(matches)},
              {"decision", std::move(decision)},
              {"warnings", analysed.warnings}};
}

Result<Json> run_job(Service& service, const Job& job) {
  EARMARK_TRY(const Json request, parse_json(job.request));
  EARMARK_TRY(const auto source, audio::open_file_source(service.jobs().folder() / job.input));
  // What answers name is what the client called it.
  class Renamed final : public audio::ByteSource {
   public:
    Renamed(audio::ByteSource& source, std::string name) : source_(source), name_(std::move(name)) {}
    Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
      return source_.read_at(offset, out);
    }
    std::optional<std::uint64_t> size() const override { return source_.size(); }
    const std::string& name() const override { return name_; }

   private:
    audio::ByteSource& source_;
    std::string name_;
  };
  Renamed named(*source, request.value("source", "upload"));
  if (job.kind == "register") return run_register(service, named, request);
  return match_audio(service, named, decode_match_request(request));
}

bool prefers_async(const Request& request) {
  return request.header("Prefer").find("respond-async") != std::string_view::npos;
}

Result<Response> answer_later(Service& service, Call& call, std::string_view kind, const Json& request) {
  Json kept = request;
  kept["source"] = call.upload.audio->name();
  const std::string file = new_id("input_");
  EARMARK_TRY_STATUS(call.upload.audio->save(service.jobs().folder() / file));
  EARMARK_TRY(const auto job, service.jobs().add(call.caller.party_key, kind, kept, file));
  Response response;
  response.status = 202;
  response.body = to_line(encode(job));
  response.set_header("Location", "/v1/jobs/" + job.id);
  response.set_header("Retry-After", "1");
  response.set_header("Preference-Applied", "respond-async");
  return response;
}

}  // namespace earmark::api
