#include "tests/storage/child_process.h"

#include <array>
#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include "core/check.h"

namespace earmark::test {

ChildProcess::ChildProcess(const std::function<int(const Say&)>& work) {
  std::array<int, 2> ends{};
  EARMARK_CHECK(::pipe(ends.data()) == 0, "no pipe");
  pid_ = ::fork();
  EARMARK_CHECK(pid_ >= 0, "no child process");
  if (pid_ == 0) {
    ::close(ends[0]);
    const int code = work([&](const std::string& line) {
      const std::string text = line + "\n";
      EARMARK_CHECK(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()),
                    "pipe closed");
    });
    ::_exit(code);
  }
  ::close(ends[1]);
  pipe_ = ends[0];
}

ChildProcess::~ChildProcess() {
  if (status_ < 0) kill();
  ::close(pipe_);
}

bool ChildProcess::read_more() {
  std::array<char, 4096> buffer{};
  const ssize_t n = ::read(pipe_, buffer.data(), buffer.size());
  if (n <= 0) return false;
  rest_.append(buffer.data(), static_cast<std::size_t>(n));
  for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
    lines_.push_back(rest_.substr(0, end));
    rest_.erase(0, end + 1);
  }
  return true;
}

const std::vector<std::string>& ChildProcess::lines(std::size_t count) {
  while (lines_.size() < count && read_more()) {
  }
  return lines_;
}

std::vector<std::string> ChildProcess::kill() {
  ::kill(pid_, SIGKILL);
  while (read_more()) {
  }
  wait();
  return lines_;
}

int ChildProcess::wait() {
  while (read_more()) {
  }
  if (status_ < 0) {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return status_;
}

}  // namespace earmark::test
