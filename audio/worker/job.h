#pragma once
#include "audio/worker_protocol.h"

namespace earmark::audio::worker {

/// A worker's whole life, after the fork: enters the sandbox, does what `request` says with the socket at
/// kWorkerDescriptor, ends the process.
[[noreturn]] void run_job(const JobRequest& request);

}  // namespace earmark::audio::worker
