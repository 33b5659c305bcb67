#include "crawler/spool.h"

#include <cerrno>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace earmark::crawler {
namespace {

constexpr std::uint64_t kBytesBetweenChecks = 16 << 20;
constexpr mode_t kOwnerOnly = 0600;

class SpoolSource : public audio::ByteSource {
 public:
  SpoolSource(FileHandle file, std::uint64_t size, std::string name)
      : file_(std::move(file)), size_(size), name_(std::move(name)) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= size_) return 0;
    while (true) {
      const ssize_t count = ::pread(file_.get(), out.data(), out.size(), static_cast<off_t>(offset));
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) return fail(error_from_errno(errno, name_));
    }
  }
  std::optional<std::uint64_t> size() const override { return size_; }
  const std::string& name() const override { return name_; }

 private:
  FileHandle file_;
  std::uint64_t size_;
  std::string name_;
};

/// For file systems without O_TMPFILE: a named file that is unlinked at once.
FileHandle open_and_unlink(const std::filesystem::path& folder) {
  std::string name = (folder / "spool-XXXXXX").string();
  FileHandle file(::mkostemp(name.data(), O_CLOEXEC));
  if (file.is_open()) ::unlink(name.c_str());
  return file;
}

}  // namespace

Result<SpoolFile> SpoolFile::create(const std::filesystem::path& folder, std::uint64_t keep_free) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(error_from_errno(error.value(), folder.string()));
  FileHandle file(::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kOwnerOnly));
  if (!file.is_open()) file = open_and_unlink(folder);
  if (!file.is_open()) return fail(error_from_errno(errno, "temporary file in " + folder.string()));
  SpoolFile spool(std::move(file), keep_free);
  EARMARK_TRY_STATUS(spool.check_space());
  return spool;
}

Status SpoolFile::check_space() const {
  struct statvfs space {};
  if (::fstatvfs(file_.get(), &space) != 0)
    return fail(error_from_errno(errno, "free space of the spool folder"));
  const std::uint64_t free = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
  if (free >= keep_free_) return {};
  return fail(ErrorCode::kResourceExhausted,
              fmt::format("the spool folder's disk has {} MB left, {} MB must stay free", free >> 20U,
                          keep_free_ >> 20U));
}

Status SpoolFile::append(std::span<const std::byte> bytes) {
  unchecked_ += bytes.size();
  if (unchecked_ >= kBytesBetweenChecks) {
    unchecked_ = 0;
    EARMARK_TRY_STATUS(check_space());
  }
  while (!bytes.empty()) {
    const ssize_t count = ::write(file_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(error_from_errno(errno, "writing to the spool folder"));
    size_ += static_cast<std::uint64_t>(count);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Status SpoolFile::clear() {
  if (::ftruncate(file_.get(), 0) != 0 || ::lseek(file_.get(), 0, SEEK_SET) < 0)
    return fail(error_from_errno(errno, "emptying a file in the spool folder"));
  size_ = 0;
  return {};
}

std::unique_ptr<audio::ByteSource> SpoolFile::into_source(std::string name) && {
  return std::make_unique<SpoolSource>(std::move(file_), size_, std::move(name));
}

}  // namespace earmark::crawler
