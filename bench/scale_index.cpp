// The index against the size of its catalogue: real recordings first, then simulated ones
// (bench/simulator.h).
//
//   scale_index REFERENCES QUERIES SCAN FOLDER HOURS...
//
// REFERENCES: a fingerprint file a line. QUERIES: fingerprint file <TAB> line of REFERENCES that is right,
// counted from 0. SCAN: a long fingerprint. FOLDER: for index files, which are deleted again. HOURS: sizes to
// measure at, ascending. Prints a JSON line a size; a size for which the machine lacks memory ends the run
// with {"hours","skipped"}.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <thread>

#include "bench/prints.h"
#include "bench/simulator.h"
#include "core/json.h"
#include "core/parallel.h"
#include "fingerprint/extractor.h"
#include "index/engine.h"

namespace earmark {
namespace {

using Clock = std::chrono::steady_clock;
using fingerprint::Fingerprint;

constexpr std::uint64_t kSeed = 1;
constexpr std::size_t kDrawnAtOnce = 64;
constexpr int kChanges = 10;          // recordings added and forgotten one by one
constexpr std::size_t kChecked = 60;  // simulated recordings whose hashes are compared with real ones
constexpr std::uint64_t kReserveKib = 2U << 20;  // memory left to others
constexpr double kMsPerHour = 3.6e6;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// A "Name:   123 kB" line of a file of /proc; 0 where it is absent.
std::uint64_t kib_of(const char* file, const std::string& name) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with(name + ":")) return std::strtoull(line.c_str() + name.size() + 1, nullptr, 10);
  }
  return 0;
}

/// Nearest-rank quantile; reorders.
double quantile(std::vector<double>& values, double share) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size()) + 0.999999);
  return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

struct Query {
  Fingerprint print;
  index::RecordingKey right = 0;
};

class Scale {
 public:
  Scale(std::vector<Fingerprint> real, std::vector<Query> queries, Fingerprint scan, std::string folder)
      : real_(std::move(real)),
        queries_(std::move(queries)),
        scan_(std::move(scan)),
        folder_(std::move(folder)),
        simulator_(real_, kSeed),
        threads_(std::max(1U, std::thread::hardware_concurrency())) {}

  /// Grows the catalogue to `hours` and measures it; false where there is not the memory for it.
  bool measure(double hours) {
    const double now = static_cast<double>(engine_.stats().reference_ms) / kMsPerHour;
    const std::uint64_t resident = kib_of("/proc/self/status", "VmRSS");
    const std::uint64_t available = kib_of("/proc/meminfo", "MemAvailable");
    const double growth = now > 0 ? static_cast<double>(resident) * (hours / now - 1.0) : 0.0;
    if (now > 100 && growth + kReserveKib > static_cast<double>(available)) {
      std::ostringstream text;
      text << "needs about " << static_cast<std::uint64_t>(growth / 1048576) << " GiB more memory, "
           << available / 1048576 << " GiB are free";
      print({{"hours", hours}, {"skipped", text.str()}});
      return false;
    }
    Json line{{"hours", hours}};
    grow(hours, line);
    search(line);
    change(line);
    save(line);
    print(line);
    return true;
  }

  void check_simulation() {
    std::vector<Fingerprint> drawn;
    for (std::size_t i = 0; i < kChecked; ++i) drawn.push_back(simulator_.draw(i));
    print({{"coincidence", bench::coincidence(real_, drawn)}});
  }

 private:
  static void print(const Json& line) {
    std::puts(to_line(line).c_str());
    std::fflush(stdout);
  }

  double hours_now() const { return static_cast<double>(engine_.stats().reference_ms) / kMsPerHour; }

  /// Real recordings while there are any, then simulated ones; drawing them is not part of the time.
  void grow(double hours, Json& line) {
    double seconds = 0.0;
    const double before = hours_now();
    while (hours_now() < hours) {
      std::vector<Fingerprint> drawn;
      const std::size_t real_left = real_.size() - std::min(real_.size(), next_);
      if (real_left == 0) {
        drawn.resize(kDrawnAtOnce);
        parallel_for(drawn.size(), threads_, [&](std::size_t i) { drawn[i] = simulator_.draw(next_ + i); });
      }
      const std::size_t count = real_left == 0 ? drawn.size() : 1;
      const auto begin = Clock::now();
      for (std::size_t i = 0; i < count; ++i, ++next_) {
        engine_.add(static_cast<index::RecordingKey>(next_) + 1, real_left == 0 ? drawn[i] : real_[next_]);
      }
      seconds += seconds_since(begin);
    }
    const index::IndexStats stats = engine_.stats();
    const double now = hours_now();
    line["measured_hours"] = now;
    line["simulated"] = next_ > real_.size();
    line["recordings"] = stats.recordings;
    line["ingest_hours_per_s"] = seconds > 0 ? (now - before) / seconds : 0.0;
    line["bytes_per_hour"] = static_cast<double>(stats.bytes) / now;
  }

  void search(Json& line) {
    index::SearchOptions options;
    options.min_probability = 0.9;
    std::vector<double> ms;
    std::size_t right = 0;
    std::size_t registered = 0;
    std::size_t wrong = 0;
    for (int round = 0; round < 2; ++round) {  // the first one warms up
      ms.clear();
      right = registered = wrong = 0;
      for (const Query& query : queries_) {
        const auto begin = Clock::now();
        const auto matches = engine_.search(query.print, options);
        ms.push_back(1000 * seconds_since(begin));
        const bool found = !matches.empty() && matches.front().recording == query.right;
        const bool is_there = engine_.contains(query.right);
        registered += is_there;
        right += is_there && found;
        wrong += !matches.empty() && !found;
      }
    }
    line["query_p50_ms"] = quantile(ms, 0.5);
    line["query_p99_ms"] = quantile(ms, 0.99);
    line["queries"] = queries_.size();
    line["registered_queries"] = registered;
    line["found"] = right;
    line["wrong"] = wrong;
    options.threads = threads_;
    const auto begin = Clock::now();
    (void)engine_.search(scan_, options);
    line["scan_realtime"] = static_cast<double>(scan_.duration_ms()) / 1000 / seconds_since(begin);
    line["rss_bytes"] = kib_of("/proc/self/status", "VmRSS") * 1024;
  }

  void change(Json& line) {
    std::vector<double> added;
    std::vector<double> forgotten;
    for (int i = 0; i < kChanges; ++i) {
      const Fingerprint print = simulator_.draw(1'000'000'000 + static_cast<std::uint64_t>(i));
      constexpr index::RecordingKey kKey = 1'000'000'000;
      const auto begin = Clock::now();
      engine_.add(kKey, print);
      added.push_back(1000 * seconds_since(begin));
      const auto middle = Clock::now();
      engine_.remove(kKey);
      forgotten.push_back(1000 * seconds_since(middle));
    }
    line["add_p50_ms"] = quantile(added, 0.5);
    line["add_max_ms"] = added.back();
    line["forget_p50_ms"] = quantile(forgotten, 0.5);
    line["forget_max_ms"] = forgotten.back();
  }

  void save(Json& line) {
    const std::filesystem::path path = std::filesystem::path(folder_) / "scale" / "engine.idx";
    std::filesystem::create_directories(path.parent_path());
    std::error_code error;
    const auto space = std::filesystem::space(folder_, error);
    if (error || space.available < 2 * engine_.stats().bytes) {
      line["save"] = "skipped: no disk space";
      return;
    }
    const auto begin = Clock::now();
    const auto saved = engine_.save(path, index::Engine::kMostSegmentBytes);
    line["save_s"] = seconds_since(begin);
    if (!saved) {
      line["save"] = saved.error().message;
      return;
    }
    line["file_bytes"] = engine_.stats().bytes;
    line["segments"] = engine_.stats().segments;
    const auto again = Clock::now();
    const auto loaded = index::Engine::load(path);
    line["load_s"] = loaded ? Json(seconds_since(again)) : Json(nullptr);
  }

  std::vector<Fingerprint> real_;
  std::vector<Query> queries_;
  Fingerprint scan_;
  std::string folder_;
  bench::Simulator simulator_;
  std::size_t threads_;
  index::Engine engine_;
  std::size_t next_ = 0;
};

Result<std::vector<Query>> read_queries(const std::string& path) {
  EARMARK_TRY(const auto rows, bench::read_table(path));
  std::vector<Query> queries;
  for (const auto& row : rows) {
    if (row.size() != 2) return fail(ErrorCode::kInvalidArgument, path + ": a line has not two columns");
    EARMARK_TRY(auto print, bench::read_print(row[0]));
    queries.push_back({std::move(print), std::strtoll(row[1].c_str(), nullptr, 10) + 1});
  }
  if (queries.empty()) return fail(ErrorCode::kInvalidArgument, path + ": no queries");
  return queries;
}

Status run(int argc, char** argv) {
  EARMARK_TRY(auto real, bench::read_prints(argv[1]));
  for (Fingerprint& print : real) print = fingerprint::thin(print);
  EARMARK_TRY(auto queries, read_queries(argv[2]));
  EARMARK_TRY(auto scan, bench::read_print(argv[3]));
  if (real.empty()) return fail(ErrorCode::kInvalidArgument, std::string(argv[1]) + ": no references");
  Scale scale(std::move(real), std::move(queries), std::move(scan), argv[4]);
  scale.check_simulation();
  for (int i = 5; i < argc; ++i) {
    if (!scale.measure(std::strtod(argv[i], nullptr))) break;
  }
  std::error_code error;
  std::filesystem::remove_all(std::filesystem::path(argv[4]) / "scale", error);
  return {};
}

}  // namespace
}  // namespace earmark

int main(int argc, char** argv) {
  if (argc < 6) {
    std::fprintf(stderr, "usage: scale_index REFERENCES QUERIES SCAN FOLDER HOURS...\n");
    return 2;
  }
  const auto status = earmark::run(argc, argv);
  if (!status) std::fprintf(stderr, "scale_index: %s\n", status.error().message.c_str());
  return status ? 0 : 1;
}
