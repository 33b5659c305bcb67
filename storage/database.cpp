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

/// Errors of the connection name the database already; those of the schema do not.
Error named(const Error& error, const Address& address) {
  const auto name = address.name();
  return error.message.starts_with(name) ? error : error.with_context(name);
}

Error no_such_store(const Address& address) {
  const auto name = address.is_postgresql() ? address.name() : address.file().parent_path().string();
  return {ErrorCode::kNotFound, fmt::format("{}: no such store", name)};
}

/// Begins a transaction; where the server ended the connection, on a new one.
template <class Open, class Begin>
Status begin_on(std::optional<Session>& session, const Open& open, const Begin& begin) {
  auto begun = begin(*session);
  if (begun || !session->is_lost()) return begun;
  session.reset();
  EARMARK_TRY_STATUS(open());
  return begin(*session);
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const Options& options) {
  std::unique_ptr<Database> database(new Database(options));
  if (options.access == Access::kReadWrite) {
    auto opened = database->open_writer();
    if (!opened && (!database->is_there() || !forbids_writing_only(opened.error())))
      return fail(opened.error());
  } else if (!database->is_there()) {
    return fail(no_such_store(options.address));
  }
  EARMARK_TRY_STATUS(database->open_reader());
  return database;
}

/// Whether there is a file; of a database on a server only a connection tells.
bool Database::is_there() const {
  std::error_code ignored;
  return options_.address.is_postgresql() || std::filesystem::exists(options_.address.file(), ignored);
}

Status Database::migrate_with(Session session) {
  auto migrated = migrate(session, options_.migrations, options_.clock->now());
  if (!migrated) return fail(named(migrated.error(), options_.address));
  writer_ = std::move(session);
  return {};
}

Status Database::open_writer() {
  if (!options_.address.is_postgresql()) return open_writer_of_file();
  EARMARK_TRY(auto session, Session::open(options_.address, Session::Mode::kReadWrite));
  return migrate_with(std::move(session));
}

Status Database::open_writer_of_file() {
  const auto folder = options_.address.file().parent_path();
  EARMARK_TRY_STATUS(make_folder(folder));
  EARMARK_TRY(const auto lock, lock_folder(folder));
  EARMARK_TRY(auto session, Session::open(options_.address, Session::Mode::kReadWrite));
  EARMARK_TRY_STATUS(migrate_with(std::move(session)));
  auto synced = sync_folder(folder);
  if (!synced) writer_.reset();
  return synced;
}

bool Database::has_log() const {
  std::error_code error;
  const auto size = std::filesystem::file_size(options_.address.file().string() + "-wal", error);
  return !error && size > 0;
}

Result<Database::FileState> Database::file_state() const {
  std::error_code error;
  FileState state;
  state.changed = std::filesystem::last_write_time(options_.address.file(), error);
  if (!error) state.size = std::filesystem::file_size(options_.address.file(), error);
  if (error) return fail(error_from_errno(error.value(), options_.address.file().string()));
  return state;
}

Status Database::open_reader() {
  const Address& address = options_.address;
  reader_.reset();
  immutable_since_.reset();
  auto session = Session::open(address, Session::Mode::kReadOnly);
  auto version = session ? schema_version(*session) : Result<std::int64_t>(fail(session.error()));
  // The write-ahead log needs a file of shared memory, which cannot be made on a disk that cannot be written.
  // When the log is empty the database file alone is the whole truth and can be read without it.
  if (!version && !address.is_postgresql() && forbids_writing_only(version.error()) && !has_log()) {
    EARMARK_TRY(const auto state, file_state());
    session = Session::open(address, Session::Mode::kImmutable);
    version = session ? schema_version(*session) : Result<std::int64_t>(fail(session.error()));
    immutable_since_ = state;
  }
  if (!version) return fail(named(version.error(), address));
  const auto newest = options_.migrations.back().number;
  if (*version != newest) {
    immutable_since_.reset();
    if (*version == 0 && address.is_postgresql()) return fail(no_such_store(address));
    return fail(
        ErrorCode::kUnsupported,
        fmt::format("{}: schema {}, this program needs {}: {}", address.name(), *version, newest,
                    *version < newest ? "open it once where it can be written" : "use the newer program"));
  }
  reader_ = std::move(*session);
  return {};
}

Result<Session*> Database::begin_write() {
  if (!writer_) {
    if (options_.access == Access::kReadOnly)
      return fail(ErrorCode::kIo, fmt::format("{}: opened for reading only", options_.address.name()));
    auto opened = open_writer();
    if (!opened) return fail(opened.error().with_context("the store cannot be written"));
  }
  EARMARK_TRY_STATUS(begin_on(
      writer_, [&] { return open_writer(); }, [](Session& session) { return session.begin_write(); }));
  return &*writer_;
}

Result<Session*> Database::begin_read() {
  if (immutable_since_) {
    EARMARK_TRY(const auto state, file_state());
    if (has_log() || state != *immutable_since_) reader_.reset();
  }
  if (!reader_) EARMARK_TRY_STATUS(open_reader());
  EARMARK_TRY_STATUS(begin_on(
      reader_, [&] { return open_reader(); }, [](Session& session) { return session.begin_read(); }));
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
