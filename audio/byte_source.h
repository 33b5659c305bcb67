#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/result.h"

namespace earmark::audio {

/// Bytes of a media file, wherever they are: a file, memory, a download. Used by one thread at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  /// Reads up to out.size() bytes at `offset`; 0 at and past the end.
  [[nodiscard]] virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) = 0;
  /// Size in bytes, where known.
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;
  /// What error messages call it.
  [[nodiscard]] virtual const std::string& name() const = 0;
};

/// A regular file (anything else is refused: a FIFO or device could block for ever). kNotFound,
/// kInvalidArgument, kIo.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_file_source(const std::filesystem::path& path);

/// Bytes in memory, borrowed: they must outlive the source.
[[nodiscard]] std::unique_ptr<ByteSource> memory_source(std::span<const std::byte> bytes, std::string name);

}  // namespace earmark::audio
