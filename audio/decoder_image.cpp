#include "audio/decoder_image.h"

// One binary that works from any directory: the decoder program travels inside it
// (docs/decisions/0003-decoder-process.md).
asm(".pushsection .rodata, \"a\", @progbits\n"
    ".balign 4096\n"
    ".global earmark_decoder_image_begin\n"
    "earmark_decoder_image_begin:\n"
    ".incbin \"" EARMARK_DECODER_ELF
    "\"\n"
    ".global earmark_decoder_image_end\n"
    "earmark_decoder_image_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" const std::byte earmark_decoder_image_begin[];
extern "C" const std::byte earmark_decoder_image_end[];

namespace earmark::audio {

std::span<const std::byte> decoder_image() {
  return {earmark_decoder_image_begin, earmark_decoder_image_end};
}

}  // namespace earmark::audio
