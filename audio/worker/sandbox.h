#pragma once
#include "audio/worker_protocol.h"
#include "core/result.h"

namespace earmark::audio::worker {

/// Gives up, for ever and for this process: processor time and memory beyond the request's, files, new
/// processes, privileges. What stays allowed: the stream socket, memory that is not executable, clocks,
/// leaving. Any step that fails is an error, and nothing may be decoded then. Must be called with one thread.
[[nodiscard]] Status enter_sandbox(const JobRequest& request);

/// Tries the forbidden act of `kind`; returns when it was not lethal. True: it was refused or needed no
/// refusal.
[[nodiscard]] bool survive_probe(JobKind kind);

}  // namespace earmark::audio::worker
