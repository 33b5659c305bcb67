#include "fingerprint/model_data.h"

// The assembler reads the file: no generated source, no cost to the compiler.
__asm__(
    ".section .rodata\n"
    ".balign 16\n"
    "earmark_model_begin:\n"
    ".incbin \"" EARMARK_MODEL_FILE
    "\"\n"
    "earmark_model_end:\n"
    ".byte 0\n"
    ".previous\n");

extern "C" {
extern const std::byte earmark_model_begin[];
extern const std::byte earmark_model_end[];
}

namespace earmark::fingerprint {

std::span<const std::byte> builtin_model_bytes() {
  return {earmark_model_begin, static_cast<std::size_t>(earmark_model_end - earmark_model_begin)};
}

}  // namespace earmark::fingerprint
