// What one input may cost, what a dying worker does to others, and what is left behind: nothing.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/audio/media.h"
#include "tests/support/result_matchers.h"
#include "tests/support/signals.h"
#include "tests/support/temp_dir.h"

namespace earmark::audio {
namespace {

using namespace std::chrono_literals;

/// A mono 8-bit WAV of any length that exists nowhere: a header and a slow triangle wave.
class EndlessWave final : public ByteSource {
 public:
  EndlessWave(std::uint64_t samples, std::uint32_t rate, bool size_known = true)
      : size_(kHeader + samples), size_known_(size_known) {
    ByteWriter out;
    const auto data = static_cast<std::uint32_t>(std::min<std::uint64_t>(samples, 0xFFFFFFFF));
    out.put_bytes(as_bytes("RIFF"));
    out.put(data + 36);
    out.put_bytes(as_bytes("WAVEfmt "));
    for (const std::uint32_t word : {16U, 0x00010001U, rate, rate, 0x00080001U}) out.put(word);
    out.put_bytes(as_bytes("data"));
    out.put(data);
    header_ = std::move(out).take();
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= size_) return std::size_t{0};
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), size_ - offset));
    for (std::size_t i = 0; i < n; ++i) {
      const std::uint64_t at = offset + i;
      out[i] = at < kHeader ? header_[at] : static_cast<std::byte>((at - kHeader) & 0x7F);
    }
    return n;
  }
  std::optional<std::uint64_t> size() const override {
    return size_known_ ? std::optional(size_) : std::nullopt;
  }
  const std::string& name() const override { return name_; }

 private:
  static constexpr std::uint64_t kHeader = 44;
  Bytes header_;
  std::uint64_t size_;
  bool size_known_;
  std::string name_ = "endless";
};

/// Hands on another source's bytes in pieces of odd sizes; fails from some offset on, if told to.
class Grudging final : public ByteSource {
 public:
  explicit Grudging(std::span<const std::byte> bytes, bool size_known = true, std::uint64_t fails_at = ~0ULL)
      : inner_(memory_source(bytes, "grudging")), size_known_(size_known), fails_at_(fails_at) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset + out.size() > fails_at_) return fail(ErrorCode::kUnavailable, "grudging: connection lost");
    piece_ = piece_ * 7 % 4093 + 1;
    return inner_->read_at(offset, out.first(std::min(out.size(), piece_)));
  }
  std::optional<std::uint64_t> size() const override { return size_known_ ? inner_->size() : std::nullopt; }
  const std::string& name() const override { return inner_->name(); }

 private:
  std::unique_ptr<ByteSource> inner_;
  bool size_known_;
  std::uint64_t fails_at_;
  std::size_t piece_ = 1;
};

Bytes mp3(int seconds) {
  const test::TempDir dir;
  EXPECT_TRUE(test::ffmpeg("-f lavfi -i sine=f=440:d=" + std::to_string(seconds) + " -b:a 128k " +
                           (dir / "a.mp3").string()));
  return test::slurp(dir / "a.mp3");
}

/// The processes whose parent is `parent`, from /proc.
std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (!std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) continue;
    std::ifstream file(entry.path() / "stat");
    std::string line;
    std::getline(file, line);
    const auto behind_name = line.rfind(')');
    if (behind_name == std::string::npos) continue;
    std::istringstream rest(line.substr(behind_name + 1));
    char state = 0;
    pid_t its_parent = 0;
    rest >> state >> its_parent;
    if (its_parent == parent) children.push_back(std::stoi(name));
  }
  return children;
}

/// The workers of all decoders of this process: grandchildren.
std::vector<pid_t> workers() {
  std::vector<pid_t> all;
  for (const pid_t process : children_of(::getpid())) {
    for (const pid_t worker : children_of(process)) all.push_back(worker);
  }
  return all;
}

std::size_t open_descriptors() {
  const auto list = std::filesystem::directory_iterator("/proc/self/fd");
  return static_cast<std::size_t>(std::distance(begin(list), end(list)));
}

template <class Condition>
bool comes_true(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

Result<std::unique_ptr<Decoder>> decoder_with(DecodeLimits limits, std::size_t count = 1) {
  return Decoder::start({count, limits});
}

SampleSink ignore() {
  return [](std::span<const float>) { return Status(); };
}

/// Sends `signal` to all workers at the first samples.
SampleSink signal_workers_once(int signal) {
  return [signal, sent = false](std::span<const float>) mutable {
    if (!sent) {
      for (const pid_t worker : workers()) ::kill(worker, signal);
    }
    sent = true;
    return Status();
  };
}

TEST(MaxDuration, EndsAnEndlessInput) {
  DecodeLimits limits;
  limits.max_duration = 1h;
  ASSERT_OK_AND(const auto decoder, decoder_with(limits));
  EndlessWave source(1ULL << 45, 8000);
  std::uint64_t samples = 0;

  const auto result = decoder->decode(source, [&](std::span<const float> some) {
    samples += some.size();
    return Status();
  });

  EXPECT_FAILS(result, ErrorCode::kResourceExhausted);
  EXPECT_EQ(samples, 3600ULL * kAnalysisRate);
  EXPECT_EQ(result.error().message, "endless: is longer than the 3600 s allowed");
}

TEST(MaxDuration, AllowsExactlyItself) {
  DecodeLimits limits;
  limits.max_duration = 1h;
  ASSERT_OK_AND(const auto decoder, decoder_with(limits));
  EndlessWave source(3600ULL * 8000, 8000);

  ASSERT_OK_AND(const auto info, decoder->decode(source, ignore()));

  EXPECT_EQ(info.samples, 3600ULL * kAnalysisRate);
}

TEST(CpuTime, EndsWhatTakesTooLong) {
  DecodeLimits limits;
  limits.cpu_time = 1s;
  ASSERT_OK_AND(const auto decoder, decoder_with(limits));
  EndlessWave source(1ULL << 45, 192000);

  const auto result = decoder->decode(source, ignore());

  EXPECT_FAILS(result, ErrorCode::kResourceExhausted);
  EXPECT_NE(result.error().message.find("ran out of its 1 s of CPU time"), std::string::npos)
      << result.error().message;
}

TEST(StallTimeout, EndsAWorkerThatDoesNothing) {
  DecodeLimits limits;
  limits.stall_timeout = 1s;
  ASSERT_OK_AND(const auto decoder, decoder_with(limits));
  EndlessWave source(1ULL << 40, 8000);

  const auto result = decoder->decode(source, signal_workers_once(SIGSTOP));

  EXPECT_FAILS(result, ErrorCode::kResourceExhausted);
  EXPECT_NE(result.error().message.find("did nothing for 1 s"), std::string::npos) << result.error().message;
  EXPECT_TRUE(comes_true([] { return workers().empty(); }));
}

TEST(StallTimeout, DoesNotCountTheTimeOfTheSink) {
  DecodeLimits limits;
  limits.stall_timeout = 1s;
  ASSERT_OK_AND(const auto decoder, decoder_with(limits));
  EndlessWave source(20ULL * 8000, 8000);

  const auto result = decoder->decode(source, [slow = true](std::span<const float>) mutable {
    if (slow) std::this_thread::sleep_for(1300ms);
    slow = false;
    return Status();
  });

  ASSERT_OK(result);
}

#ifndef EARMARK_SANITIZED
TEST(Memory, BeyondTheLimitIsAnErrorOfThatInputOnly) {
  DecodeLimits limits;
  limits.memory_bytes = 100ULL << 20;  // less than the libraries take up
  ASSERT_OK_AND(const auto decoder, decoder_with(limits));
  const Bytes bytes = mp3(5);
  const auto source = memory_source(bytes, "a.mp3");

  EXPECT_FAILS(decoder->decode(*source, ignore()), ErrorCode::kResourceExhausted);
}
#endif

TEST(Memory, OfBothProcessesStaysBoundedOverTwelveHours) {
  EndlessWave source(12ULL * 3600 * 8000, 8000);
  (void)test::shared_decoder();
  rusage before{};
  ::getrusage(RUSAGE_SELF, &before);

  ASSERT_OK_AND(const auto info, test::shared_decoder().decode(source, ignore()));

  rusage after{};
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_EQ(info.samples, 12ULL * 3600 * kAnalysisRate);
#ifndef EARMARK_SANITIZED
  EXPECT_LT(info.worker_peak_bytes, 40'000'000U);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 4000) << "kB";
#endif
}

TEST(Source, ThatFailsEndsTheDecodeWithItsOwnError) {
  const Bytes bytes = mp3(60);
  Grudging source(bytes, true, 400000);

  const auto result = test::shared_decoder().decode(source, ignore());

  EXPECT_FAILS(result, ErrorCode::kUnavailable);
  EXPECT_EQ(result.error().message, "grudging: connection lost");
}

TEST(Source, MayGiveItsBytesInAnyPiecesAndHideItsSize) {
  const Bytes bytes = mp3(30);
  ASSERT_OK_AND(const auto expected, test::decode_bytes(bytes));
  for (const bool size_known : {true, false}) {
    Grudging source(bytes, size_known);

    ASSERT_OK_AND(const auto heard, test::decode(test::shared_decoder(), source));

    // What an MP3's encoder added at its end is cut off only where the end is known.
    ASSERT_GE(heard.samples.size(), expected.samples.size());
    EXPECT_LT(heard.samples.size(), expected.samples.size() + (size_known ? 1U : kAnalysisRate / 10U));
    EXPECT_TRUE(std::equal(expected.samples.begin(), expected.samples.end() - 100, heard.samples.begin()))
        << size_known;
  }
}

TEST(Worker, ThatIsKilledIsAnErrorAndTheNextInputIsFine) {
  for (const int signal : {SIGKILL, SIGSEGV, SIGSYS}) {
    EndlessWave source(1ULL << 40, 8000);

    const auto result = test::shared_decoder().decode(source, signal_workers_once(signal));

    ASSERT_FALSE(result.has_value());
    EXPECT_NE(result.error().message.find("the decoder was killed by SIG"), std::string::npos)
        << result.error().message;
    EndlessWave next(8000, 8000);
    ASSERT_OK(test::shared_decoder().decode(next, ignore()));
  }
}

TEST(Worker, ThatIsKilledDoesNotDisturbTheOthers) {
  ASSERT_OK_AND(const auto decoder, decoder_with({}, 2));
  std::atomic<bool> started = false;
  std::atomic<bool> killed = false;
  std::optional<Result<AudioInfo>> other;
  std::jthread thread([&] {
    EndlessWave source(100ULL * 8000, 8000);
    other = decoder->decode(source, [&](std::span<const float>) {
      started = true;
      while (!killed) std::this_thread::sleep_for(1ms);
      return Status();
    });
  });
  ASSERT_TRUE(comes_true([&] { return started.load(); }));
  const auto before = workers();
  EndlessWave source(1ULL << 40, 8000);

  const auto result = decoder->decode(source, [&](std::span<const float>) {
    for (const pid_t worker : workers()) {
      if (std::ranges::find(before, worker) == before.end()) ::kill(worker, SIGKILL);
    }
    return Status();
  });
  killed = true;
  thread.join();

  EXPECT_FALSE(result.has_value());
  ASSERT_OK(*other);
  EXPECT_EQ((*other)->samples, 100U * 8000U);
}

TEST(DecoderProcess, ThatIsKilledIsReplaced) {
  ASSERT_OK_AND(const auto decoder, decoder_with({}));
  const auto kill_processes = [](std::span<const float>) {
    for (const pid_t process : children_of(::getpid())) ::kill(process, SIGKILL);
    return Status();
  };
  EndlessWave endless(1ULL << 40, 8000);

  EXPECT_FAILS(decoder->decode(endless, kill_processes), ErrorCode::kUnavailable);

  EndlessWave next(8000, 8000);
  ASSERT_OK_AND(const auto info, decoder->decode(next, ignore()));
  EXPECT_EQ(info.samples, 8000U);
}

TEST(DecoderProcess, GoesWithItsWorkersWhenTheHostIsKilled) {
  const pid_t host = ::fork();
  if (host == 0) {
    auto decoder = Decoder::start({});
    EndlessWave source(1ULL << 45, 8000);
    if (decoder) (void)(*decoder)->decode(source, ignore());
    ::_exit(1);
  }
  std::vector<pid_t> processes;
  std::vector<pid_t> grandchildren;
  EXPECT_TRUE(comes_true([&] {
    processes = children_of(host);
    grandchildren = processes.empty() ? std::vector<pid_t>() : children_of(processes.front());
    return !grandchildren.empty();
  }));

  ::kill(host, SIGKILL);
  ::waitpid(host, nullptr, 0);

  for (const auto& group : {processes, grandchildren}) {
    for (const pid_t process : group) {
      EXPECT_TRUE(comes_true([&] {
        // Gone, or dead and waiting for an init that does not collect.
        std::ifstream file("/proc/" + std::to_string(process) + "/stat");
        std::string line;
        std::getline(file, line);
        return line.empty() || line.find(") Z ") != std::string::npos;
      })) << process;
    }
  }
}

TEST(Threads, GetTheSameSamplesHoweverManyDecodeAtOnce) {
  const Bytes bytes = mp3(20);
  ASSERT_OK_AND(const auto expected, test::decode_bytes(bytes));
  std::atomic<int> same = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5; ++i) {
          const auto heard = test::decode_bytes(bytes);
          same += heard && heard->samples == expected.samples ? 1 : 0;
        }
      });
    }
  }

  EXPECT_EQ(same, 40);
}

TEST(Decodes, LeaveNoDescriptorsAndNoProcesses) {
  ASSERT_OK_AND(const auto decoder, decoder_with({}));
  EndlessWave first(8000, 8000);
  ASSERT_OK(decoder->decode(first, ignore()));
  const std::size_t before = open_descriptors();
  const std::size_t processes = children_of(::getpid()).size();
  const Bytes prose(5000, std::byte{'x'});

  for (int i = 0; i < 200; ++i) {
    if (i % 4 == 0) {
      const auto source = memory_source(prose, "prose");
      EXPECT_FALSE(decoder->decode(*source, ignore()).has_value());
    } else {
      EndlessWave source(8000, 8000);
      EXPECT_TRUE(decoder->decode(source, ignore()).has_value());
    }
  }

  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(children_of(::getpid()).size(), processes);
  EXPECT_TRUE(comes_true([] { return workers().empty(); }));
}

}  // namespace
}  // namespace earmark::audio
