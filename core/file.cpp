#include "core/file.h"

#include <atomic>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/secret_file.h"

namespace earmark {
namespace {

Status write_all(int descriptor, std::span<const std::byte> bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return fail(error_from_errno(errno, "write " + path.string()));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Status sync_folder(const std::filesystem::path& folder) {
  const FileHandle handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // EINVAL: a file system that cannot sync a folder (some network mounts); there is nothing more to be done
  // there.
  if (!handle.is_open() || (::fsync(handle.get()) != 0 && errno != EINVAL)) {
    return fail(error_from_errno(errno, "sync " + folder.string()));
  }
  return {};
}

/// A name beside `path` that no other write uses: not made from the file's own name, which may be as long as
/// a name can be, and hidden, so that nobody who walks the folder takes it for a file.
std::filesystem::path temporary_beside(const std::filesystem::path& path) {
  static std::atomic<unsigned> count{0};
  return path.parent_path() / fmt::format(".earmark-{}-{}.tmp", ::getpid(), count++);
}

/// `path` is what the errors name.
Status write_and_sync(const std::filesystem::path& temporary, std::span<const std::byte> bytes,
                      const std::filesystem::path& path, mode_t mode) {
  const FileHandle handle(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode));
  if (!handle.is_open()) return fail(error_from_errno(errno, "create " + path.string()));
  EARMARK_TRY_STATUS(write_all(handle.get(), bytes, path));
  if (::fsync(handle.get()) != 0) return fail(error_from_errno(errno, "sync " + path.string()));
  return {};
}

}  // namespace

FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  if (this != &other) {
    reset();
    descriptor_ = other.release();
  }
  return *this;
}

int FileHandle::release() {
  const int descriptor = descriptor_;
  descriptor_ = -1;
  return descriptor;
}

void FileHandle::reset() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

Result<Bytes> read_file(const std::filesystem::path& path, std::uint64_t limit) {
  const FileHandle handle(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!handle.is_open()) return fail(error_from_errno(errno, "open " + path.string()));
  Bytes bytes;
  constexpr std::size_t kPiece = 1 << 20;
  while (true) {
    const std::size_t have = bytes.size();
    bytes.resize(have + kPiece);
    const ssize_t n = ::read(handle.get(), bytes.data() + have, kPiece);
    if (n < 0 && errno == EINTR) {
      bytes.resize(have);
      continue;
    }
    if (n < 0) return fail(error_from_errno(errno, "read " + path.string()));
    bytes.resize(have + static_cast<std::size_t>(n));
    if (bytes.size() > limit) {
      return fail(ErrorCode::kResourceExhausted,
                  fmt::format("{}: longer than {} bytes", path.string(), limit));
    }
    if (n == 0) return bytes;
  }
}

namespace {

Status replace_file(const std::filesystem::path& path, std::span<const std::byte> bytes, mode_t mode) {
  const auto temporary = temporary_beside(path);
  auto written = write_and_sync(temporary, bytes, path, mode);
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = fail(error_from_errno(errno, "replace " + path.string()));
  }
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sync_folder(path.has_parent_path() ? path.parent_path() : std::filesystem::path("."));
}

}  // namespace

Status write_file_atomically(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  constexpr mode_t kForAll = 0644;
  return replace_file(path, bytes, kForAll);
}

Status write_secret_file(const std::filesystem::path& path, std::span<const std::byte> bytes) {
  constexpr mode_t kForOwner = 0600;
  return replace_file(path, bytes, kForOwner);
}

}  // namespace earmark
