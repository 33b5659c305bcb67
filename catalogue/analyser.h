#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>

#include "catalogue/catalogue.h"

namespace earmark::catalogue {

/// Decodes and fingerprints, without a store: what Catalogue::analyse does, for those who have none (`earmark
/// fingerprint`). Synchronised: analyses run beside each other, as many as there are decode workers.
class Analyser {
 public:
  /// kUnavailable when the kernel cannot give the decoders' sandbox.
  [[nodiscard]] static Result<std::unique_ptr<Analyser>> start(std::size_t decode_workers);

  explicit Analyser(std::unique_ptr<audio::Decoder> decoder) : decoder_(std::move(decoder)) {}

  /// A file of audio in any known format, or an .emfp (told by its first bytes, not by its name). Errors:
  /// those of audio::open_file_source, audio::Decoder::decode and fingerprint::decode.
  [[nodiscard]] Result<Analysed> analyse(const std::filesystem::path& path);
  [[nodiscard]] Result<Analysed> analyse(audio::ByteSource& source);

  /// As Catalogue::clips.
  [[nodiscard]] Result<std::vector<Bytes>> clips(audio::ByteSource& source,
                                                 std::span<const ClipRange> ranges);

 private:
  std::unique_ptr<audio::Decoder> decoder_;
};

}  // namespace earmark::catalogue
