#include "cli/export_tables.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/hash.h"
#include "registry/ids.h"

namespace earmark::cli {
namespace {

using registry::Registry;

/// A file in the making: comment with the names of its columns, then rows.
class FileWriter {
 public:
  FileWriter(std::string name, const std::vector<std::string>& columns) {
    file_.name = std::move(name);
    file_.text = '#';
    file_.text += tsv_line(columns);
  }
  void add(const std::vector<std::string>& cells) {
    file_.text += tsv_line(cells);
    ++file_.rows;
  }
  [[nodiscard]] FlatFile take() && { return std::move(file_); }

 private:
  FlatFile file_;
};

std::string time_text(const std::optional<Timestamp>& time) {
  return time ? to_rfc3339(*time) : std::string();
}

Status add_works(Registry& registry, std::vector<FlatFile>& files) {
  FileWriter works("works.tsv", {"WorkId", "ISWC", "Title"});
  FileWriter shares("workrightshares.tsv",
                    {"WorkId", "Party", "SharePpm", "Territories", "ValidFrom", "ValidTo"});
  FileWriter unclaimed("unclaimedworkrightshares.tsv", {"WorkId", "Territory", "UnclaimedPpm"});
  FileWriter links("workrecordings.tsv", {"WorkId", "RecordingId"});
  EARMARK_TRY(const auto all, registry.rights().works());
  for (const auto& work : all) {
    works.add({work.id, work.iswc, work.title});
    EARMARK_TRY(const auto ownership, registry.rights().ownership(work.id));
    Timestamp newest{};
    for (const auto& share : ownership.shares) {
      newest = std::max(newest, share.valid_from);
      shares.add({work.id, share.party, std::to_string(share.ppm), share.territories.text(),
                  to_rfc3339(share.valid_from), time_text(share.valid_to)});
    }
    for (const auto& territory : registry::territories_of(ownership.shares)) {
      const auto claimed = registry::total_of(registry::holdings_in(ownership.shares, territory, newest));
      if (claimed < registry::kWhole)
        unclaimed.add({work.id, territory, std::to_string(registry::kWhole - claimed)});
    }
    EARMARK_TRY(const auto recordings, registry.rights().recordings_of(work.id));
    for (const auto& recording : recordings) links.add({work.id, recording});
  }
  for (FileWriter* writer : {&works, &shares, &unclaimed, &links}) files.push_back(std::move(*writer).take());
  return {};
}

Status add_recordings(Registry& registry, std::vector<FlatFile>& files) {
  FileWriter recordings("recordings.tsv", {"RecordingId", "ISRC", "Title", "Owner", "DurationMs"});
  FileWriter unmatched("unmatchedrecordings.tsv", {"RecordingId", "ISRC", "Title", "Owner", "DurationMs"});
  EARMARK_TRY(const auto all, registry.recordings().list(registry::RecordingStatus::kRegistered));
  for (const auto& one : all) {
    const std::vector<std::string> cells = {one.id, one.isrc, one.title, one.owner,
                                            std::to_string(one.duration_ms)};
    recordings.add(cells);
    EARMARK_TRY(const auto works, registry.rights().works_of(one.id));
    if (works.empty()) unmatched.add(cells);
  }
  files.push_back(std::move(recordings).take());
  files.push_back(std::move(unmatched).take());
  return {};
}

Status add_parties_and_releases(Registry& registry, std::vector<FlatFile>& files) {
  FileWriter parties("parties.tsv", {"Party", "Scheme", "Value"});
  EARMARK_TRY(const auto all, registry.parties().list());
  for (const auto& party : all) {
    EARMARK_TRY(const auto identifiers, registry.rights().identifiers(party.name));
    if (identifiers.empty()) parties.add({party.name, "", ""});
    for (const auto& one : identifiers)
      parties.add({party.name, std::string(registry::to_string(one.scheme)), one.value});
  }
  FileWriter releases("releases.tsv", {"ReleaseId", "GTIN", "GRid", "Title"});
  FileWriter tracks("releaserecordings.tsv", {"ReleaseId", "Position", "RecordingId"});
  EARMARK_TRY(const auto published, registry.rights().releases());
  for (const auto& release : published) {
    releases.add({release.id, release.gtin, release.grid, release.title});
    EARMARK_TRY(const auto recordings, registry.rights().recordings_on(release.id));
    for (std::size_t i = 0; i < recordings.size(); ++i)
      tracks.add({release.id, std::to_string(i + 1), recordings[i]});
  }
  for (FileWriter* writer : {&parties, &releases, &tracks}) files.push_back(std::move(*writer).take());
  return {};
}

bool is_reported(const registry::Claim& claim, const UsageReport& report) {
  const bool is_owners = report.owner.empty() || claim.owner == report.owner;
  return is_owners && claim.created_at >= report.from && claim.created_at < report.to && claim.in_effect;
}

}  // namespace

std::string tsv_line(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) {
    if (!line.empty() || &cell != &cells.front()) line += '\t';
    for (const char c : cell) line += c == '\t' || c == '\n' || c == '\r' ? ' ' : c;
  }
  return line + "\n";
}

Result<std::vector<FlatFile>> bwarm_files(Registry& registry) {
  std::vector<FlatFile> files;
  EARMARK_TRY_STATUS(add_works(registry, files));
  EARMARK_TRY_STATUS(add_recordings(registry, files));
  EARMARK_TRY_STATUS(add_parties_and_releases(registry, files));
  std::sort(files.begin(), files.end(), [](const FlatFile& a, const FlatFile& b) { return a.name < b.name; });
  FileWriter manifest("manifest.tsv", {"File", "Rows", "Sha256"});
  for (const FlatFile& file : files)
    manifest.add({file.name, std::to_string(file.rows), to_hex(sha256(as_bytes(file.text)))});
  files.push_back(std::move(manifest).take());
  return files;
}

Result<FlatFile> dsr_file(Registry& registry, const UsageReport& report) {
  EARMARK_TRY(const auto claims, registry.claims().list({}));
  FlatFile file;
  std::string body;
  std::int64_t used_ms = 0;
  for (const auto& claim : claims) {
    if (!is_reported(claim, report)) continue;
    EARMARK_TRY(const auto recording, registry.recordings().find(claim.recording_id));
    const auto length = claim.use.query_end_ms - claim.use.query_start_ms;
    body += tsv_line({"USE", claim.id, claim.recording_id, recording ? recording->isrc : "", claim.title,
                      claim.owner, claim.feed, claim.guid, std::to_string(claim.use.query_start_ms),
                      std::to_string(length), std::string(registry::to_string(*claim.in_effect)),
                      claim.rule_id, std::to_string(claim.rule_version), to_rfc3339(claim.created_at)});
    used_ms += length;
    ++file.rows;
  }
  const auto owner = report.owner.empty() ? "all" : report.owner;
  const auto id =
      registry::public_id("dsr_", registry::digest_of({registry.store_uuid(), owner, to_rfc3339(report.from),
                                                       to_rfc3339(report.to), body}));
  file.name = fmt::format("{}.tsv", id);
  file.text =
      tsv_line({"HEAD", "DSR", "earmark/1", "UserGeneratedContent-shaped", "1", id, to_rfc3339(report.to),
                "1", "1", to_rfc3339(report.from), to_rfc3339(report.to), registry.store_uuid(), owner});
  if (file.rows > 0) {
    file.text += tsv_line({"#SUMMARY", "Uses", "UsedMs"});
    file.text += tsv_line({"SUMMARY", std::to_string(file.rows), std::to_string(used_ms)});
    file.text += tsv_line({"#USE", "ClaimId", "RecordingId", "ISRC", "Title", "Owner", "Feed", "EpisodeGuid",
                           "StartMs", "LengthMs", "Action", "RuleId", "RuleVersion", "ClaimedAt"});
    file.text += body;
  }
  file.text += tsv_line({"FOOT", std::to_string(file.rows), to_hex(sha256(as_bytes(file.text)))});
  return file;
}

}  // namespace earmark::cli
