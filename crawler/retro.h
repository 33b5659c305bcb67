#pragma once
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

#include "catalogue/catalogue.h"

namespace earmark::crawler {

/// A scanned episode in which something that was registered later was found.
struct RetroFind {
  std::string feed, guid, title, enclosure;
  std::int64_t matches = 0;  ///< of the episode now, those that were known before included
  std::int64_t claims = 0;
  std::int64_t new_claims = 0;
};

struct RetroProgress {
  std::int64_t looked_at = 0;    ///< episodes, in this run
  std::int64_t to_look_at = 0;   ///< as of its begin
  std::int64_t duration_ms = 0;  ///< of what was looked at
  std::int64_t found = 0;
  std::int64_t new_claims = 0;
};

/// Matches what was registered since against episodes that were scanned before, by their kept fingerprints:
/// nothing is fetched or decoded again. First a small index of the new recordings alone says in which
/// episodes one of them is; these are then matched against the whole catalogue, as if they were scanned now.
/// What was looked at is marked, so that a run that ends goes on where it was. Thread-confined.
class RetroScan {
 public:
  explicit RetroScan(catalogue::Catalogue& catalogue) : catalogue_(catalogue) {}

  using OnFind = std::function<void(const RetroFind&, const RetroProgress&)>;
  /// Until nothing is left to look at, or stopped.
  [[nodiscard]] Result<RetroProgress> run(const std::stop_token& stop, const OnFind& on_find,
                                          const std::function<void(const RetroProgress&)>& on_progress = {});

 private:
  catalogue::Catalogue& catalogue_;
};

}  // namespace earmark::crawler
