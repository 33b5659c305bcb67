#include "core/file_lock.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>

namespace earmark {

Result<FileLock> FileLock::try_take(const std::filesystem::path& path) {
  FileHandle handle(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!handle.is_open()) return fail(error_from_errno(errno, "open " + path.string()));
  if (::flock(handle.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK)
      return fail(ErrorCode::kUnavailable, path.string() + " is locked by another process");
    return fail(error_from_errno(errno, "lock " + path.string()));
  }
  return FileLock(std::move(handle));
}

}  // namespace earmark
