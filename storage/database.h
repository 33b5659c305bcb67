#pragma once
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/result.h"
#include "storage/migrations.h"
#include "storage/session.h"

namespace earmark::storage {

/// A database file with one connection that writes and one that reads. Synchronised: one write transaction
/// and one read transaction at a time in this process; other processes may use the same file. A write
/// transaction that returned a value is on disk (write-ahead log, synchronous=FULL).
class Database {
 public:
  enum class Access { kReadWrite, kReadOnly };
  struct Options {
    std::filesystem::path file;
    Access access = Access::kReadWrite;
    std::span<const Migration> migrations;  ///< must outlive the database
    const Clock* clock = &system_clock();
  };
  /// kReadWrite makes the folder and the file and migrates. Where an existing file cannot be written
  /// (read-only or full disk, permissions) it is opened for reading, and every write says why it cannot be
  /// done.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const Options& options);

  /// Calls work(Session&) in a write transaction: committed when it returns a value, rolled back when it
  /// returns an error. `work` must return a Result and must not call write() or read().
  template <class Work>
  [[nodiscard]] auto write(Work&& work) -> decltype(work(std::declval<Session&>())) {
    const std::lock_guard lock(writer_mutex_);
    EARMARK_TRY(Session* const session, begin_write());
    auto result = std::forward<Work>(work)(*session);
    if (!result) {
      roll_back(*session);
      return result;
    }
    EARMARK_TRY_STATUS(commit(*session));
    return result;
  }
  /// Calls work(Session&) in a transaction that sees one state of the database. `work` must only read.
  template <class Work>
  [[nodiscard]] auto read(Work&& work) -> decltype(work(std::declval<Session&>())) {
    const std::lock_guard lock(reader_mutex_);
    EARMARK_TRY(Session* const session, begin_read());
    auto result = std::forward<Work>(work)(*session);
    roll_back(*session);
    return result;
  }

  [[nodiscard]] bool is_writable();
  [[nodiscard]] const std::filesystem::path& file() const { return options_.file; }

 private:
  /// What a reader without locks was opened on; the file changes when somebody writes after all.
  struct FileState {
    std::filesystem::file_time_type changed;
    std::uintmax_t size = 0;
    friend bool operator==(const FileState&, const FileState&) = default;
  };

  explicit Database(const Options& options) : options_(options) {}
  [[nodiscard]] Status open_writer();
  [[nodiscard]] Status open_reader();
  [[nodiscard]] Status open_immutable();
  [[nodiscard]] Result<FileState> file_state() const;
  [[nodiscard]] bool has_log() const;
  [[nodiscard]] Result<Session*> begin_write();
  [[nodiscard]] Result<Session*> begin_read();
  [[nodiscard]] static Status commit(Session& session);
  static void roll_back(Session& session);

  Options options_;
  std::mutex writer_mutex_;
  std::optional<Session>
      writer_;  ///< guarded by writer_mutex_; the last to close, so that it folds in the log
  std::mutex reader_mutex_;
  std::optional<Session> reader_;  ///< guarded by reader_mutex_
  std::optional<FileState>
      immutable_since_;  ///< guarded by reader_mutex_; set while reader_ reads without locks
};

}  // namespace earmark::storage
