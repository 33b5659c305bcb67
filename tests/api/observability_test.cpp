// The text of /metrics, read by a parser of its own.
#include <map>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>

#include "api/metrics.h"

namespace earmark::api {
namespace {

struct Family {
  std::string help;
  std::string type;
  std::map<std::string, double> samples;  ///< by name and labels
};

/// Families by name; fails the test on a line that the format does not have.
std::map<std::string, Family> parse(const std::string& text) {
  static const std::regex kMeta(R"(# (HELP|TYPE) ([a-z_:][a-z0-9_:]*) (.+))");
  static const std::regex kSample(
      R"(([a-z_:][a-z0-9_:]*)(\{([a-z_]+="[^"\\]*"(,[a-z_]+="[^"\\]*")*)\})? ([0-9.e+-]+))");
  std::map<std::string, Family> families;
  std::istringstream lines(text);
  std::string current;
  for (std::string line; std::getline(lines, line);) {
    std::smatch parts;
    if (std::regex_match(line, parts, kMeta)) {
      current = parts[2];
      (parts[1] == "HELP" ? families[current].help : families[current].type) = parts[3];
    } else if (std::regex_match(line, parts, kSample)) {
      EXPECT_TRUE(parts[1].str().starts_with(current)) << line;
      const bool is_new =
          families[current].samples.emplace(parts[1].str() + parts[2].str(), std::stod(parts[5])).second;
      EXPECT_TRUE(is_new) << line;
    } else {
      ADD_FAILURE() << "not a line of the format: " << line;
    }
  }
  return families;
}

TEST(Metrics, AreWellFormedAndExplained) {
  Metrics metrics;
  metrics.observe("GET", "/v1/claims/{id}", 200, std::chrono::milliseconds(3));
  metrics.observe("GET", "/v1/claims/{id}", 404, std::chrono::milliseconds(300));
  metrics.count_webhook("delivered");

  const auto families = parse(metrics.text(process_metrics()));

  EXPECT_GE(families.size(), 7U);
  for (const auto& [name, family] : families) {
    EXPECT_FALSE(family.help.empty()) << name;
    EXPECT_TRUE(family.type == "counter" || family.type == "gauge" || family.type == "histogram") << name;
    EXPECT_FALSE(family.samples.empty()) << name;
  }
  const auto& requests = families.at("earmark_http_requests_total").samples;
  EXPECT_EQ(requests.at(R"(earmark_http_requests_total{method="GET",route="/v1/claims/{id}",status="404"})"),
            1);
}

TEST(Metrics, HaveHistogramsThatAddUp) {
  Metrics metrics;
  for (int i = 0; i < 100; ++i) metrics.observe("GET", "/x", 200, std::chrono::milliseconds(i));

  const auto samples = parse(metrics.text({})).at("earmark_http_request_duration_seconds").samples;

  double before = 0;
  for (const char* bound : {"0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1",
                            "2.5", "10", "+Inf"}) {
    const double count = samples.at(
        std::string(R"(earmark_http_request_duration_seconds_bucket{method="GET",route="/x",le=")") + bound +
        "\"}");
    EXPECT_GE(count, before) << bound;
    before = count;
  }
  EXPECT_EQ(before, 100);
  EXPECT_EQ(samples.at(R"(earmark_http_request_duration_seconds_count{method="GET",route="/x"})"), 100);
  EXPECT_NEAR(samples.at(R"(earmark_http_request_duration_seconds_sum{method="GET",route="/x"})"), 4.95,
              1e-6);
}

}  // namespace
}  // namespace earmark::api
