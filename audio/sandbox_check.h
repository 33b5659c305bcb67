#pragma once
#include "audio/decoder_process.h"
#include "core/result.h"

namespace earmark::audio {

/// Sends one worker for each forbidden act and checks that it is refused. kUnavailable with what was not.
[[nodiscard]] Status check_sandbox(const DecoderProcess& process);

}  // namespace earmark::audio
