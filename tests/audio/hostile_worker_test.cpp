// A worker that has been taken over says what it likes: the host believes nothing that does not fit.
#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "audio/job.h"
#include "core/check.h"
#include "tests/audio/media.h"
#include "tests/support/result_matchers.h"

namespace earmark::audio {
namespace {

void append(Bytes& out, const Bytes& bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

/// Plays a worker that sends `bytes`, then hangs up, while the decoder process reports `exit`.
Result<AudioInfo> face(const Bytes& bytes, DecodeLimits limits = {}, JobExit exit = {}) {
  std::array<int, 2> stream{-1, -1};
  std::array<int, 2> control{-1, -1};
  EARMARK_CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, stream.data()) == 0,
                "socketpair");
  EARMARK_CHECK(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control.data()) == 0, "socketpair");
  const WorkerLink link{FileHandle(stream[0]), FileHandle(control[0])};
  {
    const FileHandle worker(stream[1]);
    const FileHandle process(control[1]);
    EARMARK_CHECK(::send(worker.get(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()),
                  "send");
    EARMARK_CHECK(::send(process.get(), &exit, sizeof(exit), 0) == static_cast<ssize_t>(sizeof(exit)),
                  "send");
  }
  const auto source = memory_source({}, "input");
  return run_job(link, limits, *source, test::ignore());
}

TEST(HostileWorker, MayNotCountSamplesItDidNotSend) {
  EXPECT_FAILS(face(encode(Done{1, 8000, 1, false, 0, 0, "wav", "pcm"})), ErrorCode::kInternal);
  EXPECT_TRUE(face(encode(Done{0, 8000, 1, false, 0, 0, "wav", "pcm"})).has_value());
}

TEST(HostileWorker, MayNotSendMoreThanTheLongestInput) {
  DecodeLimits limits;
  limits.max_duration = std::chrono::hours(0);

  EXPECT_FAILS(face(encode_samples(std::vector<float>(1)), limits), ErrorCode::kInternal);
}

TEST(HostileWorker, MayNotSendAFileThatNobodyAskedFor) {
  EXPECT_FAILS(face(encode_encoded(Bytes(10))), ErrorCode::kInternal);
}

TEST(HostileWorker, MayNotFillTheHostWithWarnings) {
  Bytes flood;
  for (std::size_t i = 0; i < kMaxWarnings + 2; ++i) append(flood, encode_warning("x"));

  EXPECT_FAILS(face(flood), ErrorCode::kInternal);
}

TEST(HostileWorker, MayNotSpeakOutsideTheGrammar) {
  EXPECT_FAILS(face(Bytes(100, std::byte{0xFF})), ErrorCode::kInternal);
}

TEST(HostileWorker, ThatHangsUpBeforeAnAnswerIsHeardOut) {
  Bytes fails = encode(ReadRequest{~0ULL, 1000});
  append(fails, encode(Error{ErrorCode::kResourceExhausted, "is too long"}));
  Bytes ends = encode(ReadRequest{~0ULL, 1000});
  append(ends, encode(Done{}));

  // No signal in this process, and what was said last is not lost.
  EXPECT_FAILS(face(fails), ErrorCode::kResourceExhausted);
  EXPECT_EQ(face(fails).error().message, "input: is too long");
  EXPECT_TRUE(face(ends).has_value());
  EXPECT_FAILS(face(encode(ReadRequest{~0ULL, 1000})), ErrorCode::kInternal);
}

TEST(HostileWorker, ThatHangsUpIsReportedByHowItEnded) {
  const auto message = [](JobExit exit) { return face({}, {}, exit).error().message; };

  EXPECT_EQ(message({SIGSYS, 0}), "input: the decoder was killed by SIGSYS (sandbox) at 0.0 s");
  EXPECT_EQ(message({SIGXCPU, 0}), "input: the decoder ran out of its 1800 s of CPU time at 0.0 s");
  EXPECT_EQ(message({SIGSEGV, 0}), "input: the decoder was killed by SIGSEGV (a crash) at 0.0 s");
  EXPECT_EQ(message({0, 0}), "input: the decoder left early with status 0");
  EXPECT_EQ(message({0, EAGAIN}), "input: no worker could be started: Resource temporarily unavailable");
}

}  // namespace
}  // namespace earmark::audio
