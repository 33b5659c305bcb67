#include "api/metrics.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

namespace earmark::api {
namespace {

void add_head(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void add_sample(std::string& out, std::string_view name, std::string_view labels, double value) {
  if (labels.empty()) {
    fmt::format_to(std::back_inserter(out), "{} {}\n", name, value);
  } else {
    fmt::format_to(std::back_inserter(out), "{}{{{}}} {}\n", name, labels, value);
  }
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double size = 0;
  double resident = 0;
  file >> size >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator folder("/proc/self/fd", error);
  return error ? 0.0 : static_cast<double>(std::distance(begin(folder), end(folder)));
}

double started_at() {
  static const double start =
      std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  return start;
}

}  // namespace

void Metrics::observe(std::string_view method, std::string_view route, int status,
                      std::chrono::microseconds took) {
  const double duration = std::chrono::duration<double>(took).count();
  const std::string where = fmt::format(R"(method="{}",route="{}")", method, route);
  state_.with([&](State& state) {
    ++state.requests[fmt::format(R"({},status="{}")", where, status)];
    Histogram& histogram = state.durations[where];
    for (std::size_t i = 0; i < kBounds.size(); ++i) {
      if (duration <= kBounds.at(i)) ++histogram.below.at(i);
    }
    ++histogram.count;
    histogram.sum += duration;
  });
}

void Metrics::count_webhook(std::string_view outcome) {
  state_.with([&](State& state) { ++state.webhooks[fmt::format(R"(outcome="{}")", outcome)]; });
}

std::string Metrics::text(const std::vector<MetricFamily>& more) const {
  std::string out;
  state_.with([&](const State& state) {
    constexpr std::string_view kRequests = "earmark_http_requests_total";
    add_head(out, kRequests, "counter", "Requests that were answered.");
    for (const auto& [labels, count] : state.requests)
      add_sample(out, kRequests, labels, static_cast<double>(count));
    constexpr std::string_view kDuration = "earmark_http_request_duration_seconds";
    add_head(out, kDuration, "histogram", "From a request's header to its answer, upload included.");
    for (const auto& [labels, histogram] : state.durations) {
      for (std::size_t i = 0; i < kBounds.size(); ++i) {
        add_sample(out, fmt::format("{}_bucket", kDuration),
                   fmt::format(R"({},le="{}")", labels, kBounds.at(i)),
                   static_cast<double>(histogram.below.at(i)));
      }
      const auto count = static_cast<double>(histogram.count);
      add_sample(out, fmt::format("{}_bucket", kDuration), labels + R"(,le="+Inf")", count);
      add_sample(out, fmt::format("{}_sum", kDuration), labels, histogram.sum);
      add_sample(out, fmt::format("{}_count", kDuration), labels, count);
    }
    constexpr std::string_view kWebhooks = "earmark_webhook_attempts_total";
    add_head(out, kWebhooks, "counter", "Attempts to deliver a webhook, by how they ended.");
    for (const auto& [labels, count] : state.webhooks)
      add_sample(out, kWebhooks, labels, static_cast<double>(count));
  });
  return out + to_text(more);
}

std::string to_text(const std::vector<MetricFamily>& families) {
  std::string out;
  for (const MetricFamily& family : families) {
    add_head(out, family.name, family.type, family.help);
    for (const auto& sample : family.samples) add_sample(out, family.name, sample.labels, sample.value);
  }
  return out;
}

std::vector<MetricFamily> process_metrics() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return {
      {"process_resident_memory_bytes", "gauge", "Resident memory.", {{"", resident_bytes()}}},
      {"process_cpu_seconds_total",
       "counter",
       "Processor time, user and system.",
       {{"", seconds(usage.ru_utime) + seconds(usage.ru_stime)}}},
      {"process_open_fds", "gauge", "Open file descriptors.", {{"", open_descriptors()}}},
      {"process_start_time_seconds",
       "gauge",
       "When the process began to serve, since 1970.",
       {{"", started_at()}}},
  };
}

}  // namespace earmark::api
