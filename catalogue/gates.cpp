#include "catalogue/gates.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace earmark::catalogue {
namespace {

using registry::RegistrationFinding;
using Severity = RegistrationFinding::Severity;

/// How much of [0, duration) the stretches cover, each place once.
std::int64_t covered_ms(std::vector<const SharedStretch*> stretches) {
  std::sort(stretches.begin(), stretches.end(),
            [](const SharedStretch* a, const SharedStretch* b) { return a->start_ms < b->start_ms; });
  std::int64_t covered = 0;
  std::int64_t at = 0;
  for (const SharedStretch* stretch : stretches) {
    covered += std::max<std::int64_t>(0, stretch->end_ms - std::max(at, stretch->start_ms));
    at = std::max(at, stretch->end_ms);
  }
  return covered;
}

struct Weighed {
  std::int64_t ms = 0;
  double share = 0.0;
};

Weighed weigh(std::int64_t duration_ms, const std::vector<const SharedStretch*>& stretches) {
  Weighed weighed;
  weighed.ms = covered_ms(stretches);
  if (duration_ms > 0) weighed.share = static_cast<double>(weighed.ms) / static_cast<double>(duration_ms);
  return weighed;
}

Severity severity_of(const Weighed& weighed, SharedStretch::Domain domain) {
  const bool much = weighed.ms >= kSharedMs && weighed.share >= kSharedShare;
  const bool all = weighed.share >= kSameShare;
  if (domain == SharedStretch::Domain::kPublic && all) return Severity::kRefuse;
  return much ? Severity::kReview : Severity::kNote;
}

std::string_view code_of(SharedStretch::Domain domain, std::string_view owner, const SharedStretch& stretch) {
  if (domain != SharedStretch::Domain::kOwned) return "public_domain";
  return stretch.other_owner == owner ? "owned_by_same" : "owned_by_another";
}

RegistrationFinding finding_of(const SharedStretch& stretch, std::string_view code, Severity severity) {
  RegistrationFinding finding;
  finding.code = code;
  finding.severity = severity;
  finding.start_ms = stretch.start_ms;
  finding.end_ms = stretch.end_ms;
  finding.other_key = stretch.other_key;
  finding.other_start_ms = stretch.other_start_ms;
  finding.other_end_ms = stretch.other_end_ms;
  finding.detail = code == "public_domain"
                       ? fmt::format("also in {}, which is in the public domain{}", stretch.other_id,
                                     stretch.domain == SharedStretch::Domain::kPublic ? "" : " somewhere")
                       : fmt::format("also in {} of {}", stretch.other_id, stretch.other_owner);
  return finding;
}

/// The stretches that have a code, and what they weigh together.
struct Group {
  SharedStretch::Domain domain;
  std::vector<const SharedStretch*> stretches;
};

std::vector<Group> groups_of(std::string_view owner, const std::vector<SharedStretch>& shared) {
  std::vector<Group> groups = {{SharedStretch::Domain::kPublic, {}},
                               {SharedStretch::Domain::kPublicSomewhere, {}},
                               {SharedStretch::Domain::kOwned, {}}};
  for (const SharedStretch& stretch : shared) {
    const bool own = stretch.domain == SharedStretch::Domain::kOwned && stretch.other_owner == owner;
    if (own) continue;
    for (Group& group : groups) {
      if (group.domain == stretch.domain) group.stretches.push_back(&stretch);
    }
  }
  return groups;
}

}  // namespace

std::vector<RegistrationFinding> judge(std::int64_t duration_ms, std::string_view owner,
                                       const std::vector<SharedStretch>& shared) {
  std::vector<RegistrationFinding> findings;
  for (const Group& group : groups_of(owner, shared)) {
    const auto severity = severity_of(weigh(duration_ms, group.stretches), group.domain);
    for (const SharedStretch* stretch : group.stretches)
      findings.push_back(finding_of(*stretch, code_of(group.domain, owner, *stretch), severity));
  }
  for (const SharedStretch& stretch : shared) {
    if (stretch.domain == SharedStretch::Domain::kOwned && stretch.other_owner == owner)
      findings.push_back(finding_of(stretch, "owned_by_same", Severity::kNote));
  }
  std::set<std::string> owners;
  for (const SharedStretch& stretch : shared) {
    if (stretch.other_owner != owner && stretch.domain == SharedStretch::Domain::kOwned)
      owners.insert(stretch.other_owner);
  }
  if (owners.size() >= kGenericOwners) {
    RegistrationFinding finding;
    finding.code = "generic_material";
    finding.severity = Severity::kReview;
    finding.end_ms = duration_ms;
    finding.detail = fmt::format("parts of it are in recordings of {} unrelated owners", owners.size());
    findings.push_back(std::move(finding));
  }
  std::stable_sort(
      findings.begin(), findings.end(),
      [](const RegistrationFinding& a, const RegistrationFinding& b) { return a.start_ms < b.start_ms; });
  return findings;
}

std::optional<RegistrationFinding> judge_title(std::string_view title, std::int64_t duration_ms) {
  // What stores of music look for in titles themselves; in Japanese and Chinese too.
  constexpr std::string_view kWords[] = {"karaoke",        "in the style of", "originally performed by",
                                         "made famous by", "カラオケ",        "卡拉ok"};
  std::string lower(title);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  for (const std::string_view word : kWords) {
    if (lower.find(word) == std::string::npos) continue;
    RegistrationFinding finding;
    finding.code = "karaoke";
    finding.severity = Severity::kReview;
    finding.end_ms = duration_ms;
    finding.detail = fmt::format("the title says '{}': the song may be another's", word);
    return finding;
  }
  return std::nullopt;
}

std::string summary_of(const std::vector<RegistrationFinding>& findings, Severity severity) {
  const auto worst = std::max_element(
      findings.begin(), findings.end(),
      [](const RegistrationFinding& a, const RegistrationFinding& b) { return a.severity < b.severity; });
  if (worst == findings.end() || worst->severity < severity) return {};
  std::string text;
  for (const RegistrationFinding& finding : findings) {
    if (finding.severity != worst->severity) continue;
    text += fmt::format("{}{} ms to {} ms {}", text.empty() ? "" : "; ", finding.start_ms, finding.end_ms,
                        finding.detail);
  }
  return text;
}

}  // namespace earmark::catalogue
