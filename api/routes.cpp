#include <algorithm>
#include <array>

#include "api/handlers.h"
#include "api/route.h"

namespace earmark::api {
namespace {

constexpr Parameter kMatchParams[] = {
    {"min_probability", "number", "Leave out what is less sure; 0 to 1, default 0.9."},
    {"review", "boolean", "Show also what is between that and 0.5, marked \"review\"."},
    {"territory", "string", "Decide for this country (ISO 3166-1, as DE); default: the strictest of all."},
    {"feed", "string", "URL of the feed it is to be published in, for licences and allow-lists."},
    {"filename", "string", "What the audio is called, where it is the body itself."},
};
constexpr Parameter kRegisterParams[] = {
    {"title", "string", "Title of the recording; default: from the file name."},
    {"isrc", "string", "Its ISRC."},
    {"policy", "string", "What the owner wants where it is used: track, monetize or block. Default: track."},
    {"owner", "string", "Party that owns it; for admins. Default: the party of the key."},
    {"filename", "string", "What the audio is called, where it is the body itself."},
};
constexpr Parameter kRecordingList[] = {
    {"limit", "integer", "Items a page, 1 to 200; default 50."},
    {"cursor", "string", "next_cursor of the page before."},
    {"status", "string", "Only these: registered, quarantined, forgotten."},
    {"owner", "string", "Only those of this party; for admins."},
};
constexpr Parameter kClaimList[] = {
    {"limit", "integer", "Items a page, 1 to 200; default 50."},
    {"cursor", "string", "next_cursor of the page before."},
    {"status", "string", "Only these: review, active, disputed, upheld, appealed, released, expired, …"},
    {"recording", "string", "Only uses of this recording."},
    {"feed", "string", "Only uses in this feed."},
};
constexpr Parameter kList[] = {
    {"limit", "integer", "Items a page, 1 to 200; default 50."},
    {"cursor", "string", "next_cursor of the page before."},
};

constexpr Parameter kLookupParams[] = {
    {"client", "string", "Application key."},
    {"duration", "integer", "Of the whole file, seconds."},
    {"fingerprint", "string", "As fpcalc prints it."},
    {"trackid", "string", "Instead of duration and fingerprint: an AcoustID."},
    {"meta", "string", "recordings, recordingids, releases, releaseids, compress, …"},
    {"format", "string", "json, jsonp or xml."},
};
constexpr Parameter kStatusParams[] = {
    {"client", "string", "Application key."},
    {"id", "integer", "Of a submission; repeatable."},
};
constexpr Parameter kMusicBrainzParams[] = {
    {"inc", "string", "Taken and not needed."},
    {"fmt", "string", "json; else XML."},
};

using enum Scope;

// One row an operation: the columns would not fit a page if each had a line.
// clang-format off
const std::array kRoutes = {
    Route{"POST", "/v1/match", "match",
          "Which registered recordings are used in this audio, where, and what their owners want. Nothing found is 200 with an empty list.",
          kMatch, BodyKind::kAudio, false, 200, "", "MatchResult", kMatchParams, match},
    Route{"POST", "/v1/recordings", "registerRecording",
          "Register a recording. The same audio again is a duplicate with the same id (200). With \"Prefer: respond-async\": 202 and a job.",
          kWriteRecordings, BodyKind::kAudio, true, 201, "", "RegisterResult", kRegisterParams, register_recording},
    Route{"GET", "/v1/recordings", "listRecordings", "Your recordings, oldest first.",
          kReadRecordings, BodyKind::kNone, false, 200, "", "RecordingPage", kRecordingList, list_recordings},
    Route{"GET", "/v1/recordings/{id}", "getRecording", "One of your recordings.",
          kReadRecordings, BodyKind::kNone, false, 200, "", "Recording", {}, get_recording},
    Route{"DELETE", "/v1/recordings/{id}", "forgetRecording",
          "Forget a recording: no longer matched when this answers, and its open claims are withdrawn.",
          kWriteRecordings, BodyKind::kNone, true, 204, "", "", {}, forget_recording},
    Route{"POST", "/v1/feeds", "addFeed", "Watch a podcast feed. Adding it again changes nothing (200).",
          kWriteFeeds, BodyKind::kJson, true, 201, "FeedInput", "Feed", {}, add_feed},
    Route{"GET", "/v1/feeds", "listFeeds", "Watched feeds, oldest first.",
          kReadFeeds, BodyKind::kNone, false, 200, "", "FeedPage", kList, list_feeds},
    Route{"POST", "/v1/feeds/verify", "verifyFeed",
          "Prove that a feed is yours: fetches it and looks for the text in \"verification\". Claims on its episodes are yours to answer from then on.",
          kWriteFeeds, BodyKind::kJson, true, 200, "FeedInput", "Feed", {}, verify_feed},
    Route{"GET", "/v1/claims", "listClaims", "Claims on your recordings and on your feeds, oldest first.",
          kReadClaims, BodyKind::kNone, false, 200, "", "ClaimPage", kClaimList, list_claims},
    Route{"GET", "/v1/claims/{id}", "getClaim", "One claim.",
          kReadClaims, BodyKind::kNone, false, 200, "", "Claim", {}, get_claim},
    Route{"GET", "/v1/claims/{id}/evidence", "getClaimEvidence",
          "Why: the use, its proof, how the audio was got, the rule, and all that has happened since.",
          kReadClaims, BodyKind::kNone, false, 200, "", "Evidence", {}, get_claim_evidence},
    Route{"POST", "/v1/claims/{id}/{action}", "actOnClaim",
          "Answer a claim: a step of the procedure. For its publisher: dispute, appeal, …; for its owner: confirm, release, uphold, …. 409 where its status does not allow that.",
          kReadClaims, BodyKind::kJson, true, 200, "ClaimAnswer", "Claim", {}, act_on_claim},
    Route{"POST", "/v1/webhooks", "createWebhook", "Be told of claims and recordings. The secret is shown here only.",
          kWebhooks, BodyKind::kJson, true, 201, "WebhookInput", "NewWebhook", {}, create_webhook},
    Route{"GET", "/v1/webhooks", "listWebhooks", "Your webhooks, oldest first.",
          kWebhooks, BodyKind::kNone, false, 200, "", "WebhookPage", kList, list_webhooks},
    Route{"GET", "/v1/webhooks/{id}", "getWebhook", "One webhook.",
          kWebhooks, BodyKind::kNone, false, 200, "", "Webhook", {}, get_webhook},
    Route{"PUT", "/v1/webhooks/{id}", "changeWebhook", "Change a webhook. If-Match is demanded (428).",
          kWebhooks, BodyKind::kJson, true, 200, "WebhookInput", "Webhook", {}, change_webhook},
    Route{"DELETE", "/v1/webhooks/{id}", "deleteWebhook", "Send nothing more.",
          kWebhooks, BodyKind::kNone, true, 204, "", "", {}, delete_webhook},
    Route{"GET", "/v1/webhooks/{id}/messages", "listWebhookMessages", "What was sent, and how that went.",
          kWebhooks, BodyKind::kNone, false, 200, "", "WebhookMessagePage", kList, list_webhook_messages},
    Route{"POST", "/v1/webhooks/{id}/messages/{message}/replay", "replayWebhookMessage", "Send a message again.",
          kWebhooks, BodyKind::kNone, true, 202, "", "WebhookMessage", {}, replay_webhook_message},
    Route{"POST", "/v1/webhooks/{id}/test", "testWebhook", "Send a message of type webhook.test.",
          kWebhooks, BodyKind::kNone, true, 202, "", "WebhookMessage", {}, test_webhook},
    Route{"GET", "/v1/jobs/{id}", "getJob", "How far a job is.",
          kAccount, BodyKind::kNone, false, 200, "", "Job", {}, get_job},
    Route{"GET", "/v1/audit", "listAudit", "What was done with your keys, oldest first.",
          kReadAudit, BodyKind::kNone, false, 200, "", "AuditPage", kList, list_audit},
    Route{"GET", "/v1/me", "whoAmI", "Role, party and scopes of the key that was sent.",
          kAccount, BodyKind::kNone, false, 200, "", "Identity", {}, who_am_i},
    Route{"GET", "/healthz", "health", "Whether the process answers.",
          kPublic, BodyKind::kNone, false, 200, "", "Health", {}, health},
    Route{"GET", "/readyz", "readiness", "Whether it can work: the store answers, and it is not about to end.",
          kPublic, BodyKind::kNone, false, 200, "", "Health", {}, readiness},
    Route{"GET", "/metrics", "metrics", "Figures for Prometheus.",
          kPublic, BodyKind::kNone, false, 200, "", "text/plain", {}, metrics},
    Route{"GET", "/openapi.json", "openapi", "This document.",
          kPublic, BodyKind::kNone, false, 200, "", "OpenApi", {}, openapi},
    Route{"GET", "/v2/lookup", "acoustidLookup", "AcoustID: recordings of a Chromaprint fingerprint.",
          kPublic, BodyKind::kForm, false, 200, "", "AcoustIdAnswer", kLookupParams, acoustid_lookup},
    Route{"POST", "/v2/lookup", "acoustidLookupPost", "AcoustID: recordings of Chromaprint fingerprints.",
          kPublic, BodyKind::kForm, false, 200, "AcoustIdForm", "AcoustIdAnswer", {}, acoustid_lookup},
    Route{"POST", "/v2/submit", "acoustidSubmit", "AcoustID: submit Chromaprint fingerprints.",
          kPublic, BodyKind::kForm, true, 200, "AcoustIdForm", "AcoustIdAnswer", {}, acoustid_submit},
    Route{"GET", "/v2/submission_status", "acoustidStatus", "AcoustID: what became of submissions.",
          kPublic, BodyKind::kForm, false, 200, "", "AcoustIdAnswer", kStatusParams, acoustid_status},
    Route{"GET", "/ws/2/recording/{id}", "musicbrainzRecording",
          "MusicBrainz: title, length and artists of a recording that /v2/lookup named.",
          kPublic, BodyKind::kNone, false, 200, "", "application/xml", kMusicBrainzParams, musicbrainz_recording},
    Route{"GET", "/problems/{code}", "problemPage", "What a \"type\" of a problem means.",
          kPublic, BodyKind::kNone, false, 200, "", "text/plain", {}, problem_page},
};
// clang-format on

/// The values of the {names}, where the path is of this pattern.
std::optional<std::map<std::string, std::string, std::less<>>> match_pattern(std::string_view pattern,
                                                                             std::string_view path) {
  std::map<std::string, std::string, std::less<>> values;
  while (true) {
    const auto pattern_end = std::min(pattern.find('/', 1), pattern.size());
    const auto path_end = std::min(path.find('/', 1), path.size());
    const std::string_view expected = pattern.substr(0, pattern_end);
    const std::string_view found = path.substr(0, path_end);
    if (expected.starts_with("/{") && found.size() > 1) {
      values.emplace(expected.substr(2, expected.size() - 3), found.substr(1));
    } else if (expected != found) {
      return std::nullopt;
    }
    pattern.remove_prefix(pattern_end);
    path.remove_prefix(path_end);
    if (pattern.empty() || path.empty()) break;
  }
  if (pattern.empty() != path.empty()) return std::nullopt;
  return values;
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

RouteMatch find_route(std::string_view method, std::string_view path) {
  RouteMatch best;
  for (const Route& route : routes()) {
    auto values = match_pattern(route.pattern, path);
    if (!values) continue;
    if (route.method == method) {
      // What is spelled out goes before what is a name: /v1/feeds/verify before /v1/feeds/{id}.
      if (best.route == nullptr || values->size() < best.path.size()) {
        best.route = &route;
        best.path = std::move(*values);
      }
    } else {
      best.other_methods += (best.other_methods.empty() ? "" : ", ") + std::string(route.method);
    }
  }
  return best;
}

}  // namespace earmark::api
