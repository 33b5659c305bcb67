#pragma once
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace earmark::test {

/// A forked copy of the test that runs `work` and ends; `say` sends the parent one line at a time. Start it
/// before this process opens what the child will open: locks and connections do not survive a fork.
class ChildProcess {
 public:
  using Say = std::function<void(const std::string&)>;
  explicit ChildProcess(const std::function<int(const Say&)>& work);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  /// Waits for lines until there are `count` of them in all, or the child has ended; returns all so far.
  const std::vector<std::string>& lines(std::size_t count);
  /// SIGKILL; returns every whole line that the child got out.
  std::vector<std::string> kill();
  /// Waits for its end; its exit status, 128 + signal if a signal ended it.
  int wait();

 private:
  bool read_more();

  pid_t pid_ = -1;
  int pipe_ = -1;
  int status_ = -1;
  std::string rest_;
  std::vector<std::string> lines_;
};

}  // namespace earmark::test
