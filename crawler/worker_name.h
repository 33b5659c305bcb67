#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "core/file.h"
#include "core/result.h"

namespace earmark::crawler {

/// The name of a running worker, with a lock on a file in the store's folder that the kernel lets go when the
/// process ends in whatever way: others can tell at once that a worker is no more, and need not wait for its
/// leases to run out. Thread-confined.
class WorkerName {
 public:
  [[nodiscard]] static Result<WorkerName> take(const std::filesystem::path& folder);
  WorkerName(WorkerName&&) = default;
  WorkerName& operator=(WorkerName&&) = delete;
  ~WorkerName();

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  WorkerName(std::string text, std::filesystem::path file, FileHandle lock)
      : text_(std::move(text)), file_(std::move(file)), lock_(std::move(lock)) {}
  std::string text_;
  std::filesystem::path file_;
  FileHandle lock_;
};

/// Ends a worker's leases; how many.
using TakeFrom = std::function<Result<std::int64_t>(const std::string& worker)>;
/// Frees what workers hold that are no more, by the locks in `folder`; how many tasks that were. A worker of
/// another machine has no file here; its leases end by themselves.
[[nodiscard]] Result<std::int64_t> free_the_dead(const std::filesystem::path& folder,
                                                 const TakeFrom& take_from);

}  // namespace earmark::crawler
