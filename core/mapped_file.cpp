#include "core/mapped_file.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "core/file.h"

namespace earmark {

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const FileHandle handle(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!handle.is_open()) return fail(error_from_errno(errno, "open " + path.string()));
  struct stat status {};
  if (::fstat(handle.get(), &status) != 0) return fail(error_from_errno(errno, "stat " + path.string()));
  if (!S_ISREG(status.st_mode)) return fail(ErrorCode::kIo, path.string() + " is not a file");
  MappedFile mapped;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return mapped;
  void* const at = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, handle.get(), 0);
  if (at == MAP_FAILED) return fail(error_from_errno(errno, "map " + path.string()));
  mapped.bytes_ = {static_cast<const std::byte*>(at), size};
  return mapped;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace earmark
