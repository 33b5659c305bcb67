#pragma once
#include <filesystem>

#include "core/file.h"
#include "core/result.h"

namespace earmark {

/// A lock among processes, by a file that stays: held as long as the object lives, and given back by the
/// kernel when the process ends, however it ends.
class FileLock {
 public:
  /// kUnavailable where somebody else holds it; kIo and others where the file cannot be opened.
  [[nodiscard]] static Result<FileLock> try_take(const std::filesystem::path& path);

 private:
  explicit FileLock(FileHandle handle) : handle_(std::move(handle)) {}
  FileHandle handle_;
};

}  // namespace earmark
