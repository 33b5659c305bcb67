// earmark-decoder: the only program that touches FFmpeg and libsndfile. Started once by the host, with one
// socket; it loads the libraries, then forks a worker for every input and says how each ended. It never sees
// a byte of input itself. It ends when the socket's other end closes, and its workers with it
// (docs/decisions/0003-decoder-process.md).
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audio/worker/ffmpeg_input.h"
#include "audio/worker/job.h"
#include "core/file.h"

namespace earmark::audio::worker {
namespace {

// A worker and the socket on which the host hears of its end, and ends it by closing.
struct Worker {
  pid_t pid = 0;
  FileHandle process;
  FileHandle host;
};

struct Packet {
  JobRequest request;
  FileHandle stream;
  FileHandle host;
};

void quiet_standard_streams() {
  const FileHandle null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null.is_open()) ::_exit(3);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
#ifdef EARMARK_SANITIZED
    if (standard == STDERR_FILENO) continue;  // for the sanitizers' reports
#endif
    if (::dup2(null.get(), standard) < 0) ::_exit(3);
  }
}

// One packet and its two descriptors. Nothing: the host has gone.
std::optional<Packet> receive_packet() {
  Packet packet;
  iovec data{&packet.request, sizeof(packet.request)};
  alignas(cmsghdr) char space[CMSG_SPACE(2 * sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = space;
  message.msg_controllen = sizeof(space);
  ssize_t n = -1;
  do {
    n = ::recvmsg(kWorkerDescriptor, &message, MSG_CMSG_CLOEXEC);
  } while (n < 0 && errno == EINTR);
  if (n != static_cast<ssize_t>(sizeof(packet.request))) return std::nullopt;
  const cmsghdr* control = CMSG_FIRSTHDR(&message);
  if (control == nullptr || control->cmsg_len != CMSG_LEN(2 * sizeof(int))) return std::nullopt;
  int descriptors[2] = {-1, -1};
  std::memcpy(descriptors, CMSG_DATA(control), sizeof(descriptors));
  packet.stream = FileHandle(descriptors[0]);
  packet.host = FileHandle(descriptors[1]);
  return packet;
}

[[noreturn]] void become_worker(const Packet& packet, pid_t parent) {
  // The worker keeps one descriptor beside the three that lead nowhere: no other job's, not the control
  // socket.
  if (::dup2(packet.stream.get(), kWorkerDescriptor) < 0) ::_exit(3);
  if (::syscall(SYS_close_range, kWorkerDescriptor + 1, ~0U, 0) != 0) ::_exit(3);
  if (::getppid() != parent) ::_exit(0);
  run_job(packet.request);
}

void report(const Worker& worker, const JobExit& exit) {
  (void)::send(worker.host.get(), &exit, sizeof(exit), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void start_worker(Packet packet, std::vector<Worker>& workers) {
  const pid_t self = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) become_worker(packet, self);
  Worker worker{pid, FileHandle(), std::move(packet.host)};
  if (pid > 0) worker.process = FileHandle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (worker.process.is_open()) return workers.push_back(std::move(worker));
  const int error = errno;
  if (pid > 0) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  report(worker, JobExit{0, error});
}

void reap(const Worker& worker) {
  JobExit exit;
  while (::waitpid(worker.pid, &exit.wait_status, 0) < 0 && errno == EINTR) {
  }
  report(worker, exit);
}

// Waits for something to happen. False: the host has gone.
bool turn(std::vector<Worker>& workers) {
  std::vector<pollfd> watched{{kWorkerDescriptor, POLLIN, 0}};
  for (const Worker& worker : workers) {
    watched.push_back({worker.process.get(), POLLIN, 0});
    watched.push_back({worker.host.get(), POLLIN, 0});
  }
  if (::poll(watched.data(), watched.size(), -1) < 0) return errno == EINTR;
  std::vector<Worker> remaining;
  for (std::size_t i = 0; i < workers.size(); ++i) {
    const bool ended = watched[1 + 2 * i].revents != 0;
    const bool unwanted = watched[2 + 2 * i].revents != 0;
    if (unwanted && !ended) ::kill(workers[i].pid, SIGKILL);
    if (ended || unwanted) {
      reap(workers[i]);
    } else {
      remaining.push_back(std::move(workers[i]));
    }
  }
  workers = std::move(remaining);
  if (watched[0].revents == 0) return true;
  auto packet = receive_packet();
  if (!packet) return false;
  start_worker(std::move(*packet), workers);
  return true;
}

int serve() {
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  ::prctl(PR_SET_NAME, "earmark-decoder");  // it was started from a number, and would be called by it
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGCHLD, SIG_DFL);
  // These come to the whole group or service: the host hears them too, and closes the socket when it has
  // drained.
  for (const int shared : {SIGINT, SIGTERM, SIGHUP}) std::signal(shared, SIG_IGN);
  if (::syscall(SYS_close_range, kWorkerDescriptor + 1, ~0U, 0) != 0) return 3;
  warm_up_ffmpeg();
  quiet_standard_streams();
  if (::send(kWorkerDescriptor, kReadyPacket.data(), kReadyPacket.size(), MSG_NOSIGNAL) < 0) return 3;
  std::vector<Worker> workers;
  while (turn(workers)) {
  }
  for (const Worker& worker : workers) ::kill(worker.pid, SIGKILL);
  for (const Worker& worker : workers) reap(worker);
  return 0;
}

}  // namespace
}  // namespace earmark::audio::worker

int main() { ::_exit(earmark::audio::worker::serve()); }
