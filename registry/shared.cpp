#include "registry/shared.h"

#include <algorithm>
#include <set>

#include "storage/database.h"

namespace earmark::registry {
namespace {

using storage::Session;

constexpr double kWhole = 0.9;  // of a recording that counts as all of it
constexpr std::int64_t kLongestJingleMs = 20'000;
constexpr std::size_t kJingleRecordings = 3;  // that have it, this one included

constexpr std::string_view kSelect =
    "SELECT r.key, r.id, r.title, p.name, o.action, r.duration_ms, s.start_ms, s.end_ms, s.other_start_ms,"
    " s.other_end_ms, s.speed, s.score, s.share FROM shared_stretches s"
    " JOIN recordings r ON r.key = s.other_key JOIN parties p ON p.key = r.party_key"
    " JOIN policies o ON o.key = r.policy_key WHERE s.recording_key = :key AND r.status = 'registered'";

/// The same from the other side.
constexpr std::string_view kSelectTurned =
    "SELECT r.key, r.id, r.title, p.name, o.action, r.duration_ms, s.other_start_ms, s.other_end_ms, "
    "s.start_ms,"
    " s.end_ms, s.speed, s.score, s.share FROM shared_stretches s"
    " JOIN recordings r ON r.key = s.recording_key JOIN parties p ON p.key = r.party_key"
    " JOIN policies o ON o.key = r.policy_key"
    " WHERE s.other_key = :key AND s.recording_key <> s.other_key AND r.status = 'registered'";

bool is_whole(std::int64_t part, std::int64_t duration) {
  return duration > 0 && static_cast<double>(part) >= kWhole * static_cast<double>(duration);
}

/// How many other recordings have at least half of this stretch too.
std::size_t others_with(const SharedStretch& stretch, const std::vector<SharedStretch>& all) {
  std::set<std::int64_t> others;
  for (const SharedStretch& other : all) {
    const std::int64_t common =
        std::min(stretch.end_ms, other.end_ms) - std::max(stretch.start_ms, other.start_ms);
    if (2 * common >= stretch.end_ms - stretch.start_ms) others.insert(other.other_key);
  }
  return others.size();
}

}  // namespace

static void map_columns(storage::Columns& columns, SharedStretch& s) {
  columns(s.other_key)(s.other_id)(s.other_title)(s.other_owner);
  columns.text([&s](const std::string& text) {
    s.other_action = parse_policy_action(text).value_or(PolicyAction::kTrack);
  });
  columns(s.other_duration_ms)(s.start_ms)(s.end_ms)(s.other_start_ms)(s.other_end_ms);
  columns(s.speed)(s.score)(s.share);
}

std::string_view to_string(SharedKind kind) {
  switch (kind) {
    case SharedKind::kDuplicate: return "duplicate";
    case SharedKind::kExcerpt: return "excerpt";
    case SharedKind::kJingle: return "jingle";
    case SharedKind::kSample: return "sample";
    case SharedKind::kRepeat: return "repeat";
  }
  return "sample";
}

void classify(std::vector<SharedStretch>& stretches, std::int64_t duration_ms) {
  for (SharedStretch& stretch : stretches) {
    const std::int64_t length = stretch.end_ms - stretch.start_ms;
    const bool all_of_this = is_whole(length, duration_ms);
    const bool all_of_other =
        is_whole(stretch.other_end_ms - stretch.other_start_ms, stretch.other_duration_ms);
    if (stretch.kind == SharedKind::kRepeat) continue;
    if (all_of_this && all_of_other) {
      stretch.kind = SharedKind::kDuplicate;
    } else if (length <= kLongestJingleMs && others_with(stretch, stretches) + 1 >= kJingleRecordings) {
      stretch.kind = SharedKind::kJingle;
    } else {
      stretch.kind = all_of_this || all_of_other ? SharedKind::kExcerpt : SharedKind::kSample;
    }
  }
}

Result<std::vector<SharedStretch>> SharedMaterial::of(std::int64_t recording_key) const {
  using All = std::vector<SharedStretch>;
  return database_->read([&](Session& session) -> Result<All> {
    EARMARK_TRY(
        const auto duration,
        session.find<std::int64_t>("SELECT duration_ms FROM recordings WHERE key = :key", {recording_key}));
    EARMARK_TRY(auto all, session.query<SharedStretch>(kSelect, {recording_key}));
    for (SharedStretch& stretch : all) {
      if (stretch.other_key == recording_key) stretch.kind = SharedKind::kRepeat;
    }
    EARMARK_TRY(auto turned, session.query<SharedStretch>(kSelectTurned, {recording_key}));
    for (SharedStretch& stretch : turned) {
      stretch.speed = stretch.speed > 0 ? 1.0 / stretch.speed : 1.0;
      all.push_back(std::move(stretch));
    }
    std::stable_sort(all.begin(), all.end(), [](const SharedStretch& a, const SharedStretch& b) {
      return a.start_ms != b.start_ms ? a.start_ms < b.start_ms : a.other_id < b.other_id;
    });
    classify(all, duration.value_or(0));
    return all;
  });
}

Status store_shared(Session& session, std::int64_t recording_key, std::span<const NewShared> shared,
                    Timestamp now) {
  EARMARK_TRY_STATUS(
      session.execute("DELETE FROM shared_stretches WHERE recording_key = :recording OR other_key = :other",
                      {recording_key, recording_key}));
  for (const NewShared& stretch : shared) {
    const std::int64_t other = stretch.other_key == 0 ? recording_key : stretch.other_key;
    EARMARK_TRY_STATUS(
        session.execute("INSERT INTO shared_stretches (recording_key, other_key, start_ms, end_ms, "
                        "other_start_ms, other_end_ms,"
                        " speed, score, share, found_at) VALUES (:recording, :other, :start, :end, "
                        ":other_start, :other_end, :speed,"
                        " :score, :share, :now)",
                        {recording_key, other, stretch.start_ms, stretch.end_ms, stretch.other_start_ms,
                         stretch.other_end_ms, stretch.speed, stretch.score, stretch.share, now}));
  }
  return {};
}

}  // namespace earmark::registry
