#include "evidence/cue_sheet.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "core/csv.h"
#include "evidence/explain_text.h"

namespace earmark::evidence {
namespace {

std::string code(std::int64_t ms) { return clock_time(static_cast<double>(ms)); }

}  // namespace

Result<std::vector<Cue>> cue_sheet(registry::Registry& registry, const std::string& feed,
                                   const std::string& guid) {
  registry::ClaimFilter filter;
  filter.feed_url = feed;
  EARMARK_TRY(const auto claims, registry.claims().list(filter));
  using Episode = std::pair<std::string, std::string>;
  std::map<Episode, std::size_t> order;
  std::vector<std::pair<std::size_t, Cue>> found;
  for (const auto& claim : claims) {
    const bool settled =
        claim.status == registry::ClaimStatus::kReleased || claim.status == registry::ClaimStatus::kWithdrawn;
    if (settled || (!guid.empty() && claim.guid != guid)) continue;
    EARMARK_TRY(const auto recording, registry.recordings().find(claim.recording_id));
    const std::size_t episode = order.try_emplace({claim.feed, claim.guid}, order.size()).first->second;
    Cue cue{0,
            claim.feed,
            claim.guid,
            claim.episode_title,
            claim.use.query_start_ms,
            claim.use.query_end_ms,
            claim.title,
            claim.owner,
            recording ? recording->isrc : std::string(),
            claim.recording_id,
            claim.use.reference_start_ms,
            claim.use.probability,
            std::string(registry::to_string(claim.status)),
            claim.id};
    found.emplace_back(episode, std::move(cue));
  }
  std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second.in_ms < b.second.in_ms;
  });
  std::vector<Cue> cues;
  std::map<std::size_t, std::int64_t> count;
  for (auto& [episode, cue] : found) {
    cue.sequence = ++count[episode];
    cues.push_back(std::move(cue));
  }
  return cues;
}

std::string to_csv(const std::vector<Cue>& cues) {
  std::string out =
      "sequence,feed,guid,episode,in,out,duration_s,use,title,owner,composers,publishers,performers,isrc,"
      "iswc,"
      "recording_id,recording_in,probability,status,claim_id\r\n";
  for (const Cue& cue : cues) {
    out += fmt::format("{},{},{},{},{},{},{:.3f},,{},{},,,,{},,{},{},{:.4f},{},{}\r\n", cue.sequence,
                       csv_text(cue.feed), csv_text(cue.guid), csv_text(cue.episode_title), code(cue.in_ms),
                       code(cue.out_ms), static_cast<double>(cue.out_ms - cue.in_ms) / 1000.0,
                       csv_text(cue.title), csv_text(cue.owner), csv_text(cue.isrc), cue.recording_id,
                       code(cue.recording_in_ms), cue.probability, cue.status, cue.claim_id);
  }
  return out;
}

Json to_json(const std::vector<Cue>& cues) {
  Json list = Json::array();
  for (const Cue& cue : cues) {
    list.push_back({{"sequence", cue.sequence},
                    {"feed", cue.feed},
                    {"guid", cue.guid},
                    {"episode", cue.episode_title},
                    {"in_ms", cue.in_ms},
                    {"out_ms", cue.out_ms},
                    {"duration_ms", cue.out_ms - cue.in_ms},
                    {"use", nullptr},
                    {"title", cue.title},
                    {"owner", cue.owner},
                    {"composers", Json::array()},
                    {"publishers", Json::array()},
                    {"performers", Json::array()},
                    {"isrc", cue.isrc.empty() ? Json(nullptr) : Json(cue.isrc)},
                    {"iswc", nullptr},
                    {"recording_id", cue.recording_id},
                    {"recording_in_ms", cue.recording_in_ms},
                    {"probability", cue.probability},
                    {"status", cue.status},
                    {"claim_id", cue.claim_id}});
  }
  return list;
}

}  // namespace earmark::evidence
