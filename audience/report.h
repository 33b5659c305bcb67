#pragma once
// What is told of an audience.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audience/count.h"
#include "audience/store.h"

namespace earmark::audience {

/// Which figures; empty and nothing: all.
struct ReportFilter {
  Window window = Window::kCalendarDay;
  std::string show;
  std::string path;                      ///< of one file
  std::optional<std::int64_t> from_day;  ///< since 1970
  std::optional<std::int64_t> to_day;    ///< inclusive
};

enum class GroupBy { kDay, kEpisode, kShow };

struct ReportRow {
  std::int64_t day = 0;  ///< kDay only
  std::string show;      ///< kShow, kEpisode
  std::string title;     ///< kEpisode
  std::string path;      ///< kEpisode
  std::int64_t downloads = 0;
  double listeners = 0.0;  ///< different ones in all that the row holds, by sketch (error 1.6 %)
  std::int64_t bytes = 0;
};

/// Days in order; episodes and shows by downloads, most first. A day without downloads has no row.
[[nodiscard]] Result<std::vector<ReportRow>> report(AudienceStore& store, const ReportFilter& filter,
                                                    GroupBy by);

struct ProgramRow {
  std::string kind;  ///< "app", "library", "browser", "unknown"; "other": too few listeners to be named
  std::string name;
  std::string device;
  std::int64_t downloads = 0;
};
/// Programs by downloads, most first. Those that never had `least_listeners` listeners on one day are put
/// together as "other", so that no row tells of few people; where "other" itself had fewer than that, it is
/// left out.
[[nodiscard]] Result<std::vector<ProgramRow>> programs(AudienceStore& store, const ReportFilter& filter,
                                                       std::int64_t least_listeners);

struct DroppedRow {
  std::string reason;
  std::int64_t requests = 0;
};
/// Why requests were not counted, over the days asked for.
[[nodiscard]] Result<std::vector<DroppedRow>> dropped(AudienceStore& store, const ReportFilter& filter);

struct EpochRow {
  std::string epoch;
  std::string state;  ///< "counted", "stale", "erased"
  std::string rules;
  std::string lists;
  std::int64_t requests = 0;
};
[[nodiscard]] Result<std::vector<EpochRow>> epochs(AudienceStore& store);

/// A use of a recording in an episode, and how many got it.
struct ReachRow {
  std::string recording_id;
  std::string title;  ///< of the recording
  std::string show;
  std::string episode;
  std::string path;
  std::int64_t query_start_ms = 0;
  std::int64_t query_end_ms = 0;
  std::int64_t downloads = 0;  ///< of the episode
  std::int64_t any = 0;        ///< that carried some of the stretch
  std::int64_t all = 0;        ///< that carried every byte of it
  double seconds = 0.0;        ///< of the stretch, summed over downloads
  bool exact = false;          ///< time to bytes by frames; else by the mean rate
};
/// How many downloads carried these seconds: the sightings of a recording (empty: all) joined with the bytes
/// that were sent. What was sent may not have been heard; what was not sent was not.
[[nodiscard]] Result<std::vector<ReachRow>> reach(AudienceStore& store, std::string_view recording_id,
                                                  const ReportFilter& filter);

/// Downloads of each day from the first to the last one with any, days without as 0.
struct DailySeries {
  std::int64_t first_day = 0;
  std::vector<double> downloads;
};
[[nodiscard]] Result<DailySeries> daily_series(AudienceStore& store, const ReportFilter& filter);

/// "2026-11-24" of a day since 1970, and back (kInvalidArgument).
[[nodiscard]] std::string day_text(std::int64_t day);
[[nodiscard]] Result<std::int64_t> parse_day(std::string_view text);

}  // namespace earmark::audience
