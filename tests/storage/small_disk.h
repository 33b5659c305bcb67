#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>

#include "tests/support/temp_dir.h"

namespace earmark::test {

/// A file system of a few megabytes in memory, seen by this process and its children only, and gone with
/// them.
class SmallDisk {
 public:
  /// Nothing where this process may not mount (no root and no user namespaces): skip the test then, and say
  /// so.
  [[nodiscard]] static std::unique_ptr<SmallDisk> mount(std::uint64_t bytes);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
  enum class Writing { kAllowed, kForbidden };
  /// False when the kernel will not (a file is open for writing).
  [[nodiscard]] bool set_writing(Writing writing);
  /// Writes `name` until there is no space left (all but `spare` bytes).
  void fill(const std::filesystem::path& name, std::uint64_t spare = 0) const;

 private:
  SmallDisk() = default;
  TempDir folder_;
  std::uint64_t bytes_ = 0;
};

}  // namespace earmark::test
