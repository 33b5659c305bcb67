#pragma once
#include <memory>
#include <string>

#include <sys/types.h>

#include "audio/worker_protocol.h"
#include "core/file.h"
#include "core/result.h"

namespace earmark::audio {

/// The host's two sockets of one worker. Closing `control` kills it.
struct WorkerLink {
  FileHandle stream;   ///< messages of worker_protocol.h; non-blocking
  FileHandle control;  ///< gives one JobExit when the worker has ended; end of file: the decoder process
                       ///< itself is gone
};

/// The running earmark-decoder: libraries loaded, ready to fork workers. Ends, with its workers, when
/// destroyed or when this process dies. Thread-safe.
class DecoderProcess {
 public:
  /// Starts the embedded program and waits until it is ready. kUnavailable with what went wrong.
  [[nodiscard]] static Result<std::shared_ptr<DecoderProcess>> start();
  ~DecoderProcess();
  DecoderProcess(const DecoderProcess&) = delete;
  DecoderProcess& operator=(const DecoderProcess&) = delete;

  /// Asks for a worker. kUnavailable when the process is no more.
  [[nodiscard]] Result<WorkerLink> begin(const JobRequest& request) const;

 private:
  DecoderProcess(pid_t pid, FileHandle control) : pid_(pid), control_(std::move(control)) {}
  [[nodiscard]] Status wait_until_ready();
  /// Closes the socket, waits a moment, then kills; waitpid's status, or -1.
  int stop();

  pid_t pid_;
  FileHandle control_;
};

/// Waits until `descriptor` has one of `events` (or has hung up), at most `milliseconds`. False: time is up.
[[nodiscard]] Result<bool> wait_for(int descriptor, short events, int milliseconds);

}  // namespace earmark::audio
