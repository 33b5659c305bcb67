#pragma once
#include <cstdint>
#include <filesystem>
#include <span>

#include "core/bytes.h"
#include "core/result.h"

namespace earmark {

/// An open file descriptor; closed with its owner.
class FileHandle {
 public:
  FileHandle() = default;
  explicit FileHandle(int descriptor) : descriptor_(descriptor) {}
  ~FileHandle() { reset(); }
  FileHandle(FileHandle&& other) noexcept : descriptor_(other.release()) {}
  FileHandle& operator=(FileHandle&& other) noexcept;
  FileHandle(const FileHandle&) = delete;
  FileHandle& operator=(const FileHandle&) = delete;

  [[nodiscard]] int get() const { return descriptor_; }
  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] int release();
  void reset();

 private:
  int descriptor_ = -1;
};

/// A whole file. kNotFound, kIo; kResourceExhausted when it is longer than `limit` bytes.
[[nodiscard]] Result<Bytes> read_file(const std::filesystem::path& path, std::uint64_t limit);

/// Replaces `path` so that a reader, or a crash at any instant, sees the old content or the new, never a
/// part: writes beside it, fsyncs, renames, fsyncs the folder. On error the old file stands and nothing is
/// left behind.
[[nodiscard]] Status write_file_atomically(const std::filesystem::path& path,
                                           std::span<const std::byte> bytes);

}  // namespace earmark
