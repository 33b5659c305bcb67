#include "tests/storage/small_disk.h"

#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace earmark::test {
namespace {

/// Gives this process mounts of its own, as root or in a user namespace where it is root.
bool own_mounts() {
  static const bool done = [] {
    const auto user = ::geteuid();
    if (user == 0) {
      if (::unshare(CLONE_NEWNS) != 0) return false;
    } else {
      if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
      std::ofstream("/proc/self/uid_map") << "0 " << user << " 1\n";
    }
    return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
  }();
  return done;
}

std::string options(std::uint64_t bytes) { return "size=" + std::to_string(bytes); }

}  // namespace

std::unique_ptr<SmallDisk> SmallDisk::mount(std::uint64_t bytes) {
  if (!own_mounts()) return nullptr;
  std::unique_ptr<SmallDisk> disk(new SmallDisk());
  disk->bytes_ = bytes;
  if (::mount("tmpfs", disk->path().c_str(), "tmpfs", 0, options(bytes).c_str()) != 0) return nullptr;
  return disk;
}

SmallDisk::~SmallDisk() { ::umount2(path().c_str(), MNT_DETACH); }

bool SmallDisk::set_writing(Writing writing) {
  unsigned long flags = MS_REMOUNT;
  if (writing == Writing::kForbidden) flags |= MS_RDONLY;
  return ::mount("tmpfs", path().c_str(), "tmpfs", flags, options(bytes_).c_str()) == 0;
}

void SmallDisk::fill(const std::filesystem::path& name, std::uint64_t spare) const {
  const int file = ::open((path() / name).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  struct statvfs space {};
  while (::fstatvfs(file, &space) == 0 && space.f_bavail * space.f_bsize > spare) {
    const std::vector<char> block(space.f_bsize, 'x');
    if (::write(file, block.data(), block.size()) <= 0) break;
  }
  ::close(file);
}

}  // namespace earmark::test
