#include "audio/sandbox_check.h"

#include <array>
#include <csignal>
#include <string_view>

#include <fmt/format.h>
#include <sys/wait.h>

#include "audio/decoder.h"
#include "audio/job.h"

namespace earmark::audio {
namespace {

struct Probe {
  JobKind kind;
  bool lethal;
  std::string_view what;
};
constexpr std::array<Probe, 7> kProbes{{
    {JobKind::kProbeNothing, false, "enter the sandbox"},
    {JobKind::kProbeOpenFile, false, "be refused a file"},
    {JobKind::kProbeSocket, true, "be refused a network socket"},
    {JobKind::kProbeFork, true, "be refused a new process"},
    {JobKind::kProbeExecute, true, "be refused another program"},
    {JobKind::kProbeExecutableMemory, true, "be refused executable memory"},
    {JobKind::kProbeKill, true, "be refused signals to others"},
}};

Error failed(const Probe& probe, std::string_view found) {
  return {ErrorCode::kUnavailable,
          fmt::format("decoder sandbox: a worker did not {}: {}", probe.what, found)};
}

Status check(const DecoderProcess& process, const Probe& probe) {
  JobRequest request;
  request.kind = probe.kind;
  request.memory_bytes = DecodeLimits().memory_bytes;
  request.cpu_seconds = 10;
  EARMARK_TRY(const auto link, process.begin(request));
  EARMARK_TRY(const auto exit, wait_for_exit(link));
  if (exit.start_errno != 0) return fail(failed(probe, "it could not be started"));
  const bool killed = WIFSIGNALED(exit.wait_status) && WTERMSIG(exit.wait_status) == SIGSYS;
  if (probe.lethal) {
    if (!killed) return fail(failed(probe, fmt::format("wait status {:#x}", exit.wait_status)));
    return {};
  }
  const auto nothing = memory_source({}, "probe");
  auto answer = run_job(link, DecodeLimits(), *nothing, [](std::span<const float>) { return Status(); });
  if (!answer) return fail(failed(probe, answer.error().message));
  return {};
}

}  // namespace

Status check_sandbox(const DecoderProcess& process) {
  for (const Probe& probe : kProbes) EARMARK_TRY_STATUS(check(process, probe));
  return {};
}

Status check_sandbox() {
  EARMARK_TRY(const auto process, DecoderProcess::start());
  return check_sandbox(*process);
}

}  // namespace earmark::audio
