#include "crawler/worker_name.h"

#include <cerrno>
#include <random>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace earmark::crawler {
namespace {

constexpr mode_t kOwnerOnly = 0600;
constexpr int kMostAttempts = 10;

/// A handle that is locked; a closed one: somebody else has the lock, or there is no such file.
FileHandle locked(const std::filesystem::path& file, int flags) {
  FileHandle handle(::open(file.c_str(), flags | O_RDWR | O_CLOEXEC, kOwnerOnly));
  if (handle.is_open() && ::flock(handle.get(), LOCK_EX | LOCK_NB) != 0) return {};
  return handle;
}

}  // namespace

Result<WorkerName> WorkerName::take(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(error_from_errno(error.value(), folder.string()));
  std::random_device random;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    std::string text = fmt::format("worker-{}-{:08x}{:08x}", ::getpid(), random(), random());
    std::filesystem::path file = folder / text;
    FileHandle lock = locked(file, O_CREAT | O_EXCL);
    // Between its making and its locking somebody may take it for a dead worker's; then another name will do.
    if (lock.is_open()) return WorkerName(std::move(text), std::move(file), std::move(lock));
  }
  return fail(error_from_errno(errno, "the name of a worker in " + folder.string()));
}

WorkerName::~WorkerName() {
  if (!lock_.is_open()) return;
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

Result<std::int64_t> free_the_dead(const std::filesystem::path& folder, const TakeFrom& take_from) {
  std::int64_t freed = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const FileHandle lock = locked(entry.path(), 0);
    if (!lock.is_open()) continue;
    EARMARK_TRY(const auto tasks, take_from(entry.path().filename().string()));
    freed += tasks;
    // Its name is never used again, and nobody can lease by it: the file goes last.
    std::filesystem::remove(entry.path(), error);
  }
  return freed;
}

}  // namespace earmark::crawler
