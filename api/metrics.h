#pragma once
// Counters of the service, in the Prometheus text format 0.0.4. No label carries an address or an id of a
// recording: their number would have no bound.
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/guarded.h"

namespace earmark::api {

/// One family with its samples, for figures that are read when they are asked for.
struct MetricFamily {
  std::string_view name;
  std::string_view type;  ///< "gauge", "counter"
  std::string_view help;
  struct Sample {
    std::string labels;  ///< `state="open"`, or empty
    double value = 0;
  };
  std::vector<Sample> samples;
};

/// Synchronised.
class Metrics {
 public:
  /// One answered request; `route` is the pattern, never the path.
  void observe(std::string_view method, std::string_view route, int status, std::chrono::microseconds took);
  void count_webhook(std::string_view outcome);

  [[nodiscard]] std::string text(const std::vector<MetricFamily>& more) const;

 private:
  static constexpr std::array<double, 12> kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                     0.1,   0.25,   0.5,   1.0,  2.5,   10.0};  ///< seconds
  struct Histogram {
    std::array<std::uint64_t, kBounds.size()> below{};
    std::uint64_t count = 0;
    double sum = 0;
  };
  struct State {
    std::map<std::string, std::uint64_t> requests;  ///< by labels
    std::map<std::string, Histogram> durations;     ///< by labels
    std::map<std::string, std::uint64_t> webhooks;  ///< by labels
  };
  Guarded<State> state_;
};

/// The text of families alone.
[[nodiscard]] std::string to_text(const std::vector<MetricFamily>& families);

/// Memory, processor time, descriptors and start of this process, under the usual names.
[[nodiscard]] std::vector<MetricFamily> process_metrics();

}  // namespace earmark::api
