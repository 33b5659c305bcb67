#pragma once
#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>

#include "core/result.h"

namespace earmark {

/// A file's bytes, mapped for reading; pages are read when they are touched. Files that are mapped must be
/// replaced by renaming and never be shortened: reading a page that is gone would end the process. Immutable.
class MappedFile {
 public:
  MappedFile() = default;
  /// kNotFound, kIo.
  [[nodiscard]] static Result<MappedFile> open(const std::filesystem::path& path);
  ~MappedFile();
  MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  MappedFile& operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace earmark
