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

/// A database with one connection that writes and one that reads. Synchronised: one write transaction and one
/// read transaction at a time in this process; other processes may use the same database, and one of them
/// writes at a time. A write transaction that returned a value is on disk (SQLite: write-ahead log,
/// synchronous=FULL). A connection that the server of PostgreSQL ended is opened again by the next
/// transaction.
class Database {
 public:
  enum class Access { kReadWrite, kReadOnly };
  struct Options {
    Address address;
    Access access = Access::kReadWrite;
    std::span<const Migration> migrations;  ///< must outlive the database
    const Clock* clock = &system_clock();
  };
  /// kReadWrite makes the folder and the file (not a database of PostgreSQL) and migrates. Where what is
  /// there cannot be written (read-only or full disk, permissions, a standby server) it is opened for
  /// reading, and every write says why it cannot be done.
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
  [[nodiscard]] const Address& address() const { return options_.address; }

 private:
  /// What a reader without locks was opened on; the file changes when somebody writes after all.
  struct FileState {
    std::filesystem::file_time_type changed;
    std::uintmax_t size = 0;
    friend bool operator==(const FileState&, const FileState&) = default;
  };

  explicit Database(const Options& options) : options_(options) {}
  [[nodiscard]] bool is_there() const;
  [[nodiscard]] Status open_writer();
  [[nodiscard]] Status open_writer_of_file();
  [[nodiscard]] Status migrate_with(Session session);
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
