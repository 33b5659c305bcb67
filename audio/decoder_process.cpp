#include "audio/decoder_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audio/decoder_image.h"

namespace earmark::audio {
namespace {

constexpr int kStartMilliseconds = 60'000;
constexpr auto kStopPatience = std::chrono::seconds(2);
constexpr unsigned kMemfdExecutable = 0x10;  // MFD_EXEC, Linux 6.3: needed where sysctl vm.memfd_noexec is 1

struct SocketPair {
  FileHandle ours;
  FileHandle theirs;
};

Result<SocketPair> socket_pair(int type) {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return fail(error_from_errno(errno, "socketpair"));
  }
  return SocketPair{FileHandle(ends[0]), FileHandle(ends[1])};
}

// The program as an anonymous file: it need not lie anywhere.
Result<FileHandle> program_file() {
  FileHandle file(::memfd_create("earmark-decoder", MFD_CLOEXEC | kMemfdExecutable));
  if (!file.is_open() && errno == EINVAL) file = FileHandle(::memfd_create("earmark-decoder", MFD_CLOEXEC));
  if (!file.is_open()) return fail(error_from_errno(errno, "memfd_create"));
  auto rest = decoder_image();
  while (!rest.empty()) {
    const ssize_t n = ::write(file.get(), rest.data(), rest.size());
    if (n < 0 && errno != EINTR) return fail(error_from_errno(errno, "write the decoder program"));
    if (n > 0) rest = rest.subspan(static_cast<std::size_t>(n));
  }
  // Out of the way of the number at which the new program expects its socket.
  FileHandle moved(::fcntl(file.get(), F_DUPFD_CLOEXEC, kWorkerDescriptor + 1));
  if (!moved.is_open()) return fail(error_from_errno(errno, "dup"));
  return moved;
}

// Where the dynamic linker looks and what the sanitizers want; nothing else of the host's environment.
std::vector<std::string> environment() {
  std::vector<std::string> out;
  for (const char* name : {"LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name); value != nullptr)
      out.push_back(std::string(name) + "=" + value);
  }
  return out;
}

// Only system calls between vfork and the new program: the memory is the host's, and its other threads go on.
[[noreturn]] void become_decoder(int program, int control, char* const* arguments, char* const* variables,
                                 const sigset_t* mask) {
  if (::dup2(control, kWorkerDescriptor) == kWorkerDescriptor) {
    if (control == kWorkerDescriptor) ::fcntl(control, F_SETFD, 0);
    ::sigprocmask(SIG_SETMASK, mask, nullptr);
    ::syscall(SYS_execveat, program, "", arguments, variables, AT_EMPTY_PATH);
  }
  ::_exit(126);
}

// vfork: a host with gigabytes of index would copy their page tables for nothing, or be refused the memory.
pid_t spawn(int program, int control) {
  const std::vector<std::string> variables = environment();
  std::vector<char*> variable_pointers;
  for (const std::string& variable : variables)
    variable_pointers.push_back(const_cast<char*>(variable.c_str()));
  variable_pointers.push_back(nullptr);
  std::string name = "earmark-decoder";
  std::array<char*, 2> arguments{name.data(), nullptr};
  sigset_t all;
  sigset_t old;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &old);
  sigset_t none;
  ::sigemptyset(&none);
  const pid_t pid = ::vfork();
  if (pid == 0) become_decoder(program, control, arguments.data(), variable_pointers.data(), &none);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
  errno = error;
  return pid;
}

std::string describe_exit(int status) {
  if (WIFSIGNALED(status)) return fmt::format("was killed by signal {}", WTERMSIG(status));
  if (!WIFEXITED(status)) return "is gone";
  if (WEXITSTATUS(status) == 127)
    return "could not be loaded: a shared library of FFmpeg, libsndfile or libseccomp is missing";
  if (WEXITSTATUS(status) == 126) return "could not be executed (sysctl vm.memfd_noexec must not be 2)";
  return fmt::format("left with status {}", WEXITSTATUS(status));
}

}  // namespace

Result<bool> wait_for(int descriptor, short events, int milliseconds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd entry{descriptor, events, 0};
    const int rc = ::poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (rc > 0) return true;
    if (rc < 0 && errno != EINTR) return fail(error_from_errno(errno, "poll"));
    if (rc == 0) return false;
  }
}

Result<std::shared_ptr<DecoderProcess>> DecoderProcess::start() {
  EARMARK_TRY(const auto program, program_file());
  EARMARK_TRY(auto sockets, socket_pair(SOCK_SEQPACKET));
  const pid_t pid = spawn(program.get(), sockets.theirs.get());
  if (pid < 0) return fail(error_from_errno(errno, "start the decoder process"));
  sockets.theirs.reset();
  std::shared_ptr<DecoderProcess> process(new DecoderProcess(pid, std::move(sockets.ours)));
  EARMARK_TRY_STATUS(process->wait_until_ready());
  return process;
}

Status DecoderProcess::wait_until_ready() {
  EARMARK_TRY(const bool heard, wait_for(control_.get(), POLLIN, kStartMilliseconds));
  std::array<char, kReadyPacket.size()> packet{};
  const ssize_t n = heard ? ::recv(control_.get(), packet.data(), packet.size(), MSG_DONTWAIT) : -1;
  if (n == static_cast<ssize_t>(packet.size()) && packet == kReadyPacket) return {};
  const std::string how = heard ? describe_exit(stop()) : "did not get ready in time";
  return fail(ErrorCode::kUnavailable, "the decoder process " + how);
}

int DecoderProcess::stop() {
  control_.reset();
  if (pid_ <= 0) return -1;
  const auto deadline = std::chrono::steady_clock::now() + kStopPatience;
  int status = -1;
  auto pause = std::chrono::microseconds(200);
  while (true) {
    const pid_t got = ::waitpid(pid_, &status, WNOHANG);
    if (got == pid_ || (got < 0 && errno != EINTR))
      break;  // ECHILD: the host leaves its children to the kernel
    if (std::chrono::steady_clock::now() > deadline) ::kill(pid_, SIGKILL);
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::microseconds(20'000));
  }
  pid_ = -1;
  return status;
}

DecoderProcess::~DecoderProcess() { (void)stop(); }

Result<WorkerLink> DecoderProcess::begin(const JobRequest& request) const {
  EARMARK_TRY(auto stream, socket_pair(SOCK_STREAM | SOCK_NONBLOCK));
  EARMARK_TRY(auto control, socket_pair(SOCK_SEQPACKET));
  const int room = static_cast<int>(2 * kMaxReadBytes);
  for (const int end : {stream.ours.get(), stream.theirs.get()}) {
    (void)::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &room,
                       sizeof(room));  // a wish: it works with less, slower
  }
  JobRequest copy = request;
  iovec data{&copy, sizeof(copy)};
  const std::array<int, 2> descriptors{stream.theirs.get(), control.theirs.get()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(descriptors))> space{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = space.data();
  message.msg_controllen = space.size();
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(descriptors));
  std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof(descriptors));
  ssize_t n = -1;
  do {
    n = ::sendmsg(control_.get(), &message, MSG_NOSIGNAL);
  } while (n < 0 && errno == EINTR);
  if (n < 0)
    return fail(ErrorCode::kUnavailable,
                fmt::format("the decoder process is gone ({})", std::strerror(errno)));
  return WorkerLink{std::move(stream.ours), std::move(control.ours)};
}

}  // namespace earmark::audio
