#include "audio/worker/sandbox.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <grp.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace earmark::audio::worker {
namespace {

#ifdef EARMARK_SANITIZED
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

Status limit(__rlimit_resource resource, rlim_t soft, rlim_t hard, const char* name) {
  const rlimit value{soft, hard};
  if (::setrlimit(resource, &value) != 0) return fail(error_from_errno(errno, std::string("limit ") + name));
  return {};
}

Status apply_limits(const JobRequest& request) {
  EARMARK_TRY_STATUS(limit(RLIMIT_CORE, 0, 0, "core"));
  EARMARK_TRY_STATUS(limit(RLIMIT_FSIZE, 0, 0, "file size"));
  EARMARK_TRY_STATUS(limit(RLIMIT_NOFILE, kWorkerDescriptor + 1, kWorkerDescriptor + 1, "descriptors"));
  EARMARK_TRY_STATUS(limit(RLIMIT_CPU, request.cpu_seconds, request.cpu_seconds + 1, "processor time"));
  // The sanitizers reserve terabytes of address space for their shadow.
  if (!kSanitized) EARMARK_TRY_STATUS(limit(RLIMIT_AS, request.memory_bytes, request.memory_bytes, "memory"));
  return {};
}

// Root has ways round file permissions and limits that nobody has. Where the kernel refuses the change (a
// container with one user) the filter below stands alone.
void drop_root() {
  constexpr uid_t kNobody = 65534;
  if (::geteuid() != 0) return;
  [[maybe_unused]] int ignored = ::setgroups(0, nullptr);
  ignored = ::setresgid(kNobody, kNobody, kNobody);
  ignored = ::setresuid(kNobody, kNobody, kNobody);
}

class Rules {
 public:
  explicit Rules(scmp_filter_ctx filter) : filter_(filter) {}

  template <class... Compares>
  void allow(int call, Compares... compares) {
    add(SCMP_ACT_ALLOW, call, compares...);
  }
  void refuse(int call, unsigned error) { add(SCMP_ACT_ERRNO(error), call); }
  [[nodiscard]] int error() const { return error_; }

 private:
  template <class... Compares>
  void add(std::uint32_t action, int call, Compares... compares) {
    const int rc = seccomp_rule_add(filter_, action, call, sizeof...(compares), compares...);
    if (rc != 0 && error_ == 0) error_ = rc;
  }
  scmp_filter_ctx filter_;
  int error_ = 0;
};

void allow_memory_and_time(Rules& rules) {
  const scmp_arg_cmp not_executable = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
  rules.allow(SCMP_SYS(mmap), not_executable);
  rules.allow(SCMP_SYS(mprotect), not_executable);
  for (const int call : {SCMP_SYS(munmap),       SCMP_SYS(mremap),         SCMP_SYS(brk),
                         SCMP_SYS(madvise),      SCMP_SYS(futex),          SCMP_SYS(clock_gettime),
                         SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday),   SCMP_SYS(time),
                         SCMP_SYS(getrandom),    SCMP_SYS(getrusage),      SCMP_SYS(getpid),
                         SCMP_SYS(gettid),       SCMP_SYS(sched_yield),    SCMP_SYS(restart_syscall),
                         SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
                         SCMP_SYS(sigaltstack),  SCMP_SYS(exit),           SCMP_SYS(exit_group)}) {
    rules.allow(call);
  }
  // abort() is to look like an abort, and to reach no other process.
  rules.allow(SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid())));
}

void allow_the_socket(Rules& rules) {
  rules.allow(SCMP_SYS(read), SCMP_A0(SCMP_CMP_EQ, kWorkerDescriptor));
  rules.allow(SCMP_SYS(write), SCMP_A0(SCMP_CMP_EQ, kWorkerDescriptor));
  rules.allow(SCMP_SYS(write),
              SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO));  // /dev/null, but for the sanitizers' reports
  rules.allow(SCMP_SYS(poll));
}

// Libraries look for configuration, the number of processors, a terminal: they are told that there is none.
void refuse_politely(Rules& rules) {
  for (const int call :
       {SCMP_SYS(open),       SCMP_SYS(openat),    SCMP_SYS(access),    SCMP_SYS(faccessat),
        SCMP_SYS(faccessat2), SCMP_SYS(stat),      SCMP_SYS(lstat),     SCMP_SYS(fstat),
        SCMP_SYS(newfstatat), SCMP_SYS(statx),     SCMP_SYS(readlink),  SCMP_SYS(readlinkat),
        SCMP_SYS(getcwd),     SCMP_SYS(prlimit64), SCMP_SYS(getrlimit), SCMP_SYS(sched_getaffinity),
        SCMP_SYS(sysinfo),    SCMP_SYS(uname),     SCMP_SYS(fcntl),     SCMP_SYS(close),
        SCMP_SYS(prctl)}) {
    rules.refuse(call, EPERM);
  }
  rules.refuse(SCMP_SYS(lseek), ESPIPE);
  rules.refuse(SCMP_SYS(ioctl), ENOTTY);
}

Status load_filter() {
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS), seccomp_release);
  if (!filter) return fail(ErrorCode::kUnavailable, "seccomp: no filter could be made");
  Rules rules(filter.get());
  allow_memory_and_time(rules);
  allow_the_socket(rules);
  refuse_politely(rules);
  if (rules.error() != 0) return fail(error_from_errno(-rules.error(), "seccomp rule"));
  if (const int rc = seccomp_load(filter.get()); rc != 0) return fail(error_from_errno(-rc, "seccomp load"));
  return {};
}

}  // namespace

Status enter_sandbox(const JobRequest& request) {
  EARMARK_TRY_STATUS(apply_limits(request));
  drop_root();
  // After the change of user, which clears it: the worker goes when the decoder process goes.
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return fail(error_from_errno(errno, "parent death signal"));
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) return fail(error_from_errno(errno, "dumpable"));
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail(error_from_errno(errno, "no_new_privs"));
  return load_filter();
}

bool survive_probe(JobKind kind) {
  switch (kind) {
    case JobKind::kProbeOpenFile: return ::open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 && errno == EPERM;
    case JobKind::kProbeSocket: return ::socket(AF_INET, SOCK_STREAM, 0) < 0;
    case JobKind::kProbeFork: return ::syscall(SYS_fork) < 0;
    case JobKind::kProbeExecute: {
      char program[] = "/bin/true";
      char* arguments[] = {program, nullptr};
      return ::execve(program, arguments, nullptr) < 0 && errno == EPERM;
    }
    case JobKind::kProbeExecutableMemory:
      return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
             MAP_FAILED;
    case JobKind::kProbeKill: return ::kill(::getppid(), 0) < 0;
    default: return true;
  }
}

}  // namespace earmark::audio::worker
