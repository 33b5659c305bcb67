// What a dying worker does to others, and what is left behind: nothing.
#include "tests/audio/processes.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/audio/media.h"
#include "tests/audio/sources.h"
#include "tests/support/result_matchers.h"

namespace earmark::audio {
namespace {

using namespace std::chrono_literals;
using test::children_of;
using test::comes_true;
using test::decoder_with;
using test::EndlessWave;
using test::ignore;
using test::open_descriptors;
using test::workers;

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

TEST(Worker, ThatIsKilledIsAnErrorAndTheNextInputIsFine) {
#ifdef EARMARK_SANITIZED
  const std::vector<int> signals{SIGKILL, SIGSYS};  // the sanitizers have a handler for the third
#else
  const std::vector<int> signals{SIGKILL, SIGSYS, SIGSEGV};
#endif
  for (const int signal : signals) {
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
