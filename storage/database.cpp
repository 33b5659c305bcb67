#include "storage/database.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/file.h"

namespace earmark::storage {
namespace {

/// One process at a time makes or migrates a store. Locks the folder itself, so that no lock file is left
/// behind.
Result<FileHandle> lock_folder(const std::filesystem::path& folder) {
  FileHandle handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.is_open()) return fail(error_from_errno(errno, folder.string()));
  while (::flock(handle.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return fail(error_from_errno(errno, "lock " + folder.string()));
  }
  return handle;
}

Status sync_folder(const std::filesystem::path& folder) {
  const FileHandle handle(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!handle.is_open() || ::fsync(handle.get()) != 0)
    return fail(error_from_errno(errno, "sync " + folder.string()));
  return {};
}

/// Makes the folder, and makes sure that it is still there after a loss of power.
Status make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return {};
  const auto parent = std::filesystem::absolute(folder).parent_path();
  if (parent != folder) EARMARK_TRY_STATUS(make_folder(parent));
  std::filesystem::create_directory(folder, error);
  if (error) return fail(error_from_errno(error.value(), folder.string()));
  return sync_folder(parent);
}

/// The file cannot be written, though it may be read.
bool forbids_writing_only(const Error& error) {
  return error.code == ErrorCode::kIo || error.code == ErrorCode::kResourceExhausted;
}

/// Errors of the connection name the file already; those of the schema do not.
Error named(const Error& error, const std::filesystem::path& file) {
  return error.message.starts_with(file.string()) ? error : error.with_context(file.string());
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const Options& options) {
  std::unique_ptr<Database> database(new Database(options));
  std::error_code ignored;
  if (options.access == Access::kReadWrite) {
    auto opened = database->open_writer();
    if (!opened &&
        (!std::filesystem::exists(options.file, ignored) || !forbids_writing_only(opened.error()))) {
      return fail(opened.error());
    }
  } else if (!std::filesystem::exists(options.file, ignored)) {
    return fail(ErrorCode::kNotFound, fmt::format("{}: no such store", options.file.parent_path().string()));
  }
  EARMARK_TRY_STATUS(database->open_reader());
  return database;
}

Status Database::open_writer() {
  const auto folder = options_.file.parent_path();
  EARMARK_TRY_STATUS(make_folder(folder));
  EARMARK_TRY(const auto lock, lock_folder(folder));
  EARMARK_TRY(auto session, Session::open(options_.file, Session::Mode::kReadWrite));
  auto migrated = migrate(session, options_.migrations, options_.clock->now());
  if (!migrated) return fail(named(migrated.error(), options_.file));
  EARMARK_TRY_STATUS(sync_folder(folder));
  writer_ = std::move(session);
  return {};
}

bool Database::has_log() const {
  std::error_code error;
  const auto size = std::filesystem::file_size(options_.file.string() + "-wal", error);
  return !error && size > 0;
}

Result<Database::FileState> Database::file_state() const {
  std::error_code error;
  FileState state;
  state.changed = std::filesystem::last_write_time(options_.file, error);
  if (!error) state.size = std::filesystem::file_size(options_.file, error);
  if (error) return fail(error_from_errno(error.value(), options_.file.string()));
  return state;
}

Status Database::open_reader() {
  reader_.reset();
  immutable_since_.reset();
  auto session = Session::open(options_.file, Session::Mode::kReadOnly);
  auto version = session ? schema_version(*session) : Result<std::int64_t>(fail(session.error()));
  // The write-ahead log needs a file of shared memory, which cannot be made on a disk that cannot be written.
  // When the log is empty the database file alone is the whole truth and can be read without it.
  if (!version && forbids_writing_only(version.error()) && !has_log()) {
    EARMARK_TRY(const auto state, file_state());
    session = Session::open(options_.file, Session::Mode::kImmutable);
    version = session ? schema_version(*session) : Result<std::int64_t>(fail(session.error()));
    immutable_since_ = state;
  }
  if (!version) return fail(named(version.error(), options_.file));
  const auto newest = options_.migrations.back().number;
  if (*version != newest) {
    immutable_since_.reset();
    return fail(
        ErrorCode::kUnsupported,
        fmt::format("{}: schema {}, this program needs {}: {}", options_.file.string(), *version, newest,
                    *version < newest ? "open it once where it can be written" : "use the newer program"));
  }
  reader_ = std::move(*session);
  return {};
}

Result<Session*> Database::begin_write() {
  if (!writer_) {
    if (options_.access == Access::kReadOnly) {
      return fail(ErrorCode::kIo, fmt::format("{}: opened for reading only", options_.file.string()));
    }
    auto opened = open_writer();
    if (!opened) return fail(opened.error().with_context("the store cannot be written"));
  }
  EARMARK_TRY_STATUS(writer_->execute("BEGIN IMMEDIATE"));
  return &*writer_;
}

Result<Session*> Database::begin_read() {
  if (immutable_since_) {
    EARMARK_TRY(const auto state, file_state());
    if (has_log() || state != *immutable_since_) reader_.reset();
  }
  if (!reader_) EARMARK_TRY_STATUS(open_reader());
  EARMARK_TRY_STATUS(reader_->execute("BEGIN"));
  return &*reader_;
}

Status Database::commit(Session& session) {
  auto committed = session.execute("COMMIT");
  if (committed) return {};
  roll_back(session);
  return fail(committed.error());
}

void Database::roll_back(Session& session) {
  // Some errors end the transaction by themselves; then there is nothing to roll back, and this says so.
  (void)session.execute("ROLLBACK");
}

bool Database::is_writable() {
  const std::lock_guard lock(writer_mutex_);
  return writer_.has_value();
}

}  // namespace earmark::storage
