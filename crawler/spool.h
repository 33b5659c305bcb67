#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "audio/byte_source.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/result.h"

namespace earmark::crawler {

/// A temporary file without a name: it goes with its owner, and a killed process leaves nothing behind.
/// Thread-confined.
class SpoolFile {
 public:
  /// `keep_free`: bytes of the file system that are never taken (kResourceExhausted). Makes the folder where
  /// it is missing.
  [[nodiscard]] static Result<SpoolFile> create(const std::filesystem::path& folder, std::uint64_t keep_free);

  [[nodiscard]] Status append(std::span<const std::byte> bytes);
  /// Empties the file.
  [[nodiscard]] Status clear();
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// The content as a source that owns the file.
  [[nodiscard]] std::unique_ptr<audio::ByteSource> into_source(std::string name) &&;

 private:
  SpoolFile(FileHandle file, std::uint64_t keep_free) : file_(std::move(file)), keep_free_(keep_free) {}
  [[nodiscard]] Status check_space() const;

  FileHandle file_;
  std::uint64_t keep_free_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t unchecked_ = 0;  ///< bytes written since the free space was last looked at
};

}  // namespace earmark::crawler
