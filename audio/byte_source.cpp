#include "audio/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"

namespace earmark::audio {
namespace {

class FileSource final : public ByteSource {
 public:
  FileSource(FileHandle file, std::uint64_t size, std::string name)
      : file_(std::move(file)), size_(size), name_(std::move(name)) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()) - out.size())
      return std::size_t{0};
    while (true) {
      const ssize_t n = ::pread(file_.get(), out.data(), out.size(), static_cast<off_t>(offset));
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) return fail(error_from_errno(errno, "read " + name_));
    }
  }
  std::optional<std::uint64_t> size() const override { return size_; }
  const std::string& name() const override { return name_; }

 private:
  FileHandle file_;
  std::uint64_t size_;
  std::string name_;
};

class MemorySource final : public ByteSource {
 public:
  MemorySource(std::span<const std::byte> bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override {
    if (offset >= bytes_.size()) return std::size_t{0};
    const auto rest = bytes_.subspan(static_cast<std::size_t>(offset));
    const std::size_t n = std::min(rest.size(), out.size());
    std::memcpy(out.data(), rest.data(), n);
    return n;
  }
  std::optional<std::uint64_t> size() const override { return bytes_.size(); }
  const std::string& name() const override { return name_; }

 private:
  std::span<const std::byte> bytes_;
  std::string name_;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_file_source(const std::filesystem::path& path) {
  // O_NONBLOCK: opening a FIFO without a writer would wait for ever. It means nothing to a regular file.
  FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.is_open()) return fail(error_from_errno(errno, "open " + path.string()));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return fail(error_from_errno(errno, "stat " + path.string()));
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::kInvalidArgument, path.string() + ": not a regular file");
  }
  return std::make_unique<FileSource>(std::move(file), static_cast<std::uint64_t>(status.st_size),
                                      path.string());
}

std::unique_ptr<ByteSource> memory_source(std::span<const std::byte> bytes, std::string name) {
  return std::make_unique<MemorySource>(bytes, std::move(name));
}

}  // namespace earmark::audio
