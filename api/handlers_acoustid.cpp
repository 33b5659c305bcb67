#include <charconv>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "api/acoustid.h"
#include "api/handlers.h"
#include "fingerprint/chromaprint.h"

namespace earmark::api {
namespace {

constexpr std::size_t kMostLookups = 20;
constexpr std::size_t kMostSubmissions = 200;
constexpr std::int64_t kUsualDurationDiff = 7;
constexpr std::int64_t kMostDurationDiff = 30;
constexpr std::int64_t kLongestDuration = 32'767;

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // pyacoustid sends whole seconds, other clients fractions.
  if (text.empty() || error != std::errc{} || (end != text.data() + text.size() && *end != '.'))
    return std::nullopt;
  return value;
}

/// The ".N" of the items of a batch, in order; "" for a request of one.
std::vector<std::string> suffixes_of(const Form& form, const std::string& field) {
  std::set<std::pair<std::int64_t, std::string>> found;
  for (const auto& [name, value] : form) {
    if (name == field) found.emplace(-1, "");
    if (name.starts_with(field + "."))
      found.emplace(number(name.substr(field.size() + 1)).value_or(0), name.substr(field.size()));
  }
  std::vector<std::string> suffixes;
  for (const auto& [order, suffix] : found) suffixes.push_back(suffix);
  return suffixes;
}

/// The words of "recordings releases", which URLs write with "+" or "%20".
std::set<std::string> words_of(const std::string& text) {
  std::set<std::string> words;
  std::string word;
  for (std::istringstream stream(text); stream >> word;) words.insert(word);
  return words;
}

Json encode_release(const ChromaTrack& track) {
  return {{"id", uuid_of("release", track.album)}, {"title", track.album}};
}

Json encode_recording(const ChromaTrack& track, const std::set<std::string>& meta) {
  Json recording = {{"id", track.mbid}};
  if (meta.contains("recordings")) {
    if (!track.title.empty()) recording["title"] = track.title;
    recording["duration"] = track.duration_ms / 1000;
    if (!track.artist.empty())
      recording["artists"] = Json::array({{{"id", uuid_of("artist", track.artist)}, {"name", track.artist}}});
    if (meta.contains("sources")) recording["sources"] = 1;
  }
  const bool wants_releases = meta.contains("releases") || meta.contains("releaseids");
  if (wants_releases && !track.album.empty()) recording["releases"] = Json::array({encode_release(track)});
  return recording;
}

Json encode_results(const std::vector<ChromaHit>& hits, const std::set<std::string>& meta) {
  const bool wants_recordings = meta.contains("recordings") || meta.contains("recordingids") ||
                                meta.contains("1") || meta.contains("2");
  Json results = Json::array();
  std::map<std::string, std::size_t> place;  // of a track: several fingerprints may be of one
  for (const ChromaHit& hit : hits) {
    const auto [at, is_new] = place.emplace(hit.track->track_id, results.size());
    if (is_new) results.push_back({{"id", hit.track->track_id}, {"score", hit.score}});
    Json& result = results[at->second];
    const bool is_described = !hit.track->title.empty() || !hit.track->recording_id.empty();
    if (!wants_recordings || !is_described) continue;
    const Json recording = encode_recording(*hit.track, meta);
    bool is_there = false;
    if (result.contains("recordings")) {
      for (const Json& known : result["recordings"])
        is_there = is_there || known.at("id") == recording.at("id");
    }
    if (!is_there) result["recordings"].push_back(recording);
  }
  return results;
}

struct Failure {
  AcoustIdError code;
  std::string message;
};

/// Nothing: the client may look up.
Result<std::optional<Failure>> check_client(Service& service, const Call& call) {
  const std::string client = form_value(call.form, "client");
  if (client.empty())
    return Failure{AcoustIdError::kMissingParameter, "missing required parameter \"client\""};
  const bool is_open = service.options().access == Service::Options::Access::kOpen;
  if (is_open || service.options().acoustid_clients.contains(client)) return std::nullopt;
  EARMARK_TRY(const auto caller, service.caller_of(client));
  if (caller) return std::nullopt;
  return Failure{AcoustIdError::kInvalidApiKey, "invalid API key"};
}

struct Item {
  std::int64_t duration_s = 0;
  std::vector<std::uint32_t> items;
};

/// The fingerprint and duration with this suffix.
std::optional<Failure> read_item(const Form& form, const std::string& suffix, Item& item) {
  const std::string duration = form_value(form, "duration" + suffix);
  const std::string fingerprint = form_value(form, "fingerprint" + suffix);
  if (duration.empty())
    return Failure{AcoustIdError::kMissingParameter, "missing required parameter \"duration" + suffix + "\""};
  if (fingerprint.empty())
    return Failure{AcoustIdError::kMissingParameter,
                   "missing required parameter \"fingerprint" + suffix + "\""};
  const auto seconds = number(duration);
  if (!seconds || *seconds <= 0 || *seconds > kLongestDuration)
    return Failure{AcoustIdError::kInvalidDuration,
                   "parameter \"duration" + suffix + "\" must be a positive number of seconds"};
  auto items = fingerprint::parse_chromaprint(fingerprint);
  if (!items && items.error().code == ErrorCode::kUnavailable)
    return Failure{AcoustIdError::kUnavailable, items.error().message};
  if (!items) return Failure{AcoustIdError::kInvalidFingerprint, "invalid fingerprint"};
  item = {*seconds, std::move(*items)};
  return std::nullopt;
}

Response answer(const Form& form, const Failure& failure) {
  return acoustid_error(form, failure.code, failure.message);
}

Result<Response> lookup_track(Service& service, const Form& form, const std::string& id) {
  if (!is_uuid(id))
    return answer(form, {AcoustIdError::kInvalidUuid, "parameter \"trackid\" is not a valid UUID"});
  EARMARK_TRY(const auto track, service.chroma().find_track(id));
  std::vector<ChromaHit> hits;
  if (track) hits.push_back({track, 1.0});
  return acoustid_answer(
      form, {{"status", "ok"}, {"results", encode_results(hits, words_of(form_value(form, "meta")))}});
}

ChromaSubmission read_submission(const Form& form, const std::string& suffix, Item item,
                                 std::int64_t party_key) {
  ChromaSubmission submission;
  submission.party_key = party_key;
  submission.duration_s = item.duration_s;
  submission.items = std::move(item.items);
  submission.mbid = form_value(form, "mbid" + suffix);
  submission.metadata = Json::object();
  for (const char* name :
       {"track", "artist", "album", "albumartist", "year", "trackno", "discno", "bitrate", "fileformat"}) {
    if (const auto value = form_value(form, name + suffix); !value.empty()) submission.metadata[name] = value;
  }
  return submission;
}

}  // namespace

Result<Response> acoustid_lookup(Service& service, Call& call) {
  const Form& form = call.form;
  EARMARK_TRY(const auto refused, check_client(service, call));
  if (refused) return answer(form, *refused);
  if (const auto id = form_value(form, "trackid"); !id.empty()) return lookup_track(service, form, id);
  const auto diff = form_value(form, "maxdurationdiff").empty()
                        ? kUsualDurationDiff
                        : number(form_value(form, "maxdurationdiff")).value_or(0);
  if (diff < 1 || diff > kMostDurationDiff)
    return answer(form, {AcoustIdError::kInvalidMaxDurationDiff, "maxdurationdiff must be from 1 to 30"});
  const auto suffixes = suffixes_of(form, "fingerprint");
  if (suffixes.empty())
    return answer(form, {AcoustIdError::kMissingParameter, "missing required parameter \"fingerprint\""});
  if (suffixes.size() > kMostLookups)
    return answer(form, {AcoustIdError::kTooLarge, "at most 20 fingerprints a request"});
  const auto meta = words_of(form_value(form, "meta"));
  const bool is_batch = form_value(form, "batch") == "1" || !suffixes.front().empty();
  Json all = Json::array();
  for (const auto& suffix : suffixes) {
    Item item;
    if (const auto failure = read_item(form, suffix, item)) return answer(form, *failure);
    EARMARK_TRY(const auto hits, service.chroma().find(item.items, item.duration_s, diff));
    all.push_back(
        {{"index", suffix.empty() ? "0" : suffix.substr(1)}, {"results", encode_results(hits, meta)}});
  }
  if (is_batch) return acoustid_answer(form, {{"status", "ok"}, {"fingerprints", all}});
  return acoustid_answer(form, {{"status", "ok"}, {"results", all[0]["results"]}});
}

Result<Response> acoustid_submit(Service& service, Call& call) {
  const Form& form = call.form;
  EARMARK_TRY(const auto refused, check_client(service, call));
  if (refused) return answer(form, *refused);
  const std::string user = form_value(form, "user");
  if (user.empty())
    return answer(form, {AcoustIdError::kMissingParameter, "missing required parameter \"user\""});
  EARMARK_TRY(auto caller, service.caller_of(user));
  if (!caller && service.options().access == Service::Options::Access::kOpen && call.caller.is_admin())
    caller = call.caller;
  if (!caller || !has_scope(caller->role, Scope::kSubmit))
    return answer(form, {AcoustIdError::kInvalidUserKey, "invalid user API key"});
  call.caller = *caller;  // for the audit log
  const auto suffixes = suffixes_of(form, "fingerprint");
  if (suffixes.empty())
    return answer(form, {AcoustIdError::kMissingParameter, "missing required parameter \"fingerprint\""});
  if (suffixes.size() > kMostSubmissions)
    return answer(form, {AcoustIdError::kTooLarge, "too many submissions in one request"});
  std::vector<ChromaSubmission> submissions;
  for (const auto& suffix : suffixes) {
    Item item;
    if (const auto failure = read_item(form, suffix, item)) return answer(form, *failure);
    submissions.push_back(read_submission(form, suffix, std::move(item), caller->party_key));
    if (!submissions.back().mbid.empty() && !is_uuid(submissions.back().mbid))
      return answer(form,
                    {AcoustIdError::kInvalidUuid, "parameter \"mbid" + suffix + "\" is not a valid UUID"});
  }
  Json all = Json::array();
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    EARMARK_TRY(const auto id, service.chroma().submit(submissions[i]));
    const std::string index = suffixes[i].empty() ? "0" : suffixes[i].substr(1);
    all.push_back({{"index", number(index).value_or(0)}, {"id", id}, {"status", "pending"}});
  }
  return acoustid_answer(form, {{"status", "ok"}, {"submissions", all}});
}

Result<Response> acoustid_status(Service& service, Call& call) {
  const Form& form = call.form;
  EARMARK_TRY(const auto refused, check_client(service, call));
  if (refused) return answer(form, *refused);
  Json all = Json::array();
  const auto [first, last] = form.equal_range("id");
  for (auto at = first; at != last; ++at) {
    const auto id = number(at->second);
    if (!id) continue;
    EARMARK_TRY(const auto track, service.chroma().track_of(*id));
    Json one = {{"id", *id}, {"status", track ? "imported" : "pending"}};
    if (track) one["result"] = {{"id", *track}};
    all.push_back(std::move(one));
  }
  return acoustid_answer(form, {{"status", "ok"}, {"submissions", all}});
}

Result<Response> musicbrainz_recording(Service& service, Call& call) {
  const std::string& id = call.path_value("id");
  const bool wants_json = call.request->param("fmt").value_or("") == "json" ||
                          call.request->header("Accept").find("application/json") != std::string_view::npos;
  EARMARK_TRY(const auto track, is_uuid(id) ? service.chroma().find_recording(id)
                                            : Result<std::shared_ptr<const ChromaTrack>>(nullptr));
  Response response;
  response.content_type = wants_json ? "application/json; charset=utf-8" : "application/xml; charset=utf-8";
  if (!track) {
    response.status = is_uuid(id) ? 404 : 400;
    const std::string text = is_uuid(id) ? "Not Found" : "Invalid mbid.";
    response.body =
        wants_json
            ? to_line(Json{{"error", text}})
            : fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<error><text>{}</text></error>", text);
    return response;
  }
  const std::string artist = track->artist.empty() ? "[unknown]" : track->artist;
  const std::string artist_id = uuid_of("artist", artist);
  if (wants_json) {
    const Json credit = {{"name", artist},
                         {"joinphrase", ""},
                         {"artist", {{"id", artist_id}, {"name", artist}, {"sort-name", artist}}}};
    response.body = to_line(Json{{"id", track->mbid},
                                 {"title", track->title},
                                 {"length", track->duration_ms},
                                 {"artist-credit", Json::array({credit})}});
    return response;
  }
  response.body = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<metadata xmlns=\"http://musicbrainz.org/ns/mmd-2.0#\">"
      "<recording id=\"{}\"><title>{}</title><length>{}</length><artist-credit><name-credit><artist "
      "id=\"{}\">"
      "<name>{}</name><sort-name>{}</sort-name></artist></name-credit></artist-credit></recording></"
      "metadata>",
      track->mbid, xml_escaped(track->title), track->duration_ms, artist_id, xml_escaped(artist),
      xml_escaped(artist));
  return response;
}

}  // namespace earmark::api
