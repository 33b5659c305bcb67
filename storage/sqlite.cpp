// SQLite: files in the folder of a store.
#include <cerrno>

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include "storage/backend.h"

namespace earmark::storage {
namespace {

constexpr int kBusyTimeoutMs = 30'000;
/// What a checkpoint leaves of the write-ahead log, so that one large transaction does not stay on disk for
/// ever.
constexpr int kLogSizeLimit = 16 << 20;

constexpr std::string_view kCorruptAdvice =
    "; put back a backup of this file (with its -wal file, if it has one), or move it away to begin an empty "
    "store";

/// SQLite's URI form, which has no characters that SOCI's connect string would trip over.
std::string uri(const std::filesystem::path& file, Session::Mode mode) {
  std::string text = "file:";
  for (const char c : file.string()) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '.' || c == '-' || c == '_';
    if (plain) {
      text.push_back(c);
    } else {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  switch (mode) {
    case Session::Mode::kReadWrite: return text + "?mode=rwc";
    case Session::Mode::kReadOnly: return text + "?mode=ro";
    case Session::Mode::kImmutable: return text + "?mode=ro&immutable=1";
  }
  return text;
}

bool means_full(int system_errno) {
  return system_errno == ENOSPC || system_errno == EDQUOT || system_errno == EFBIG;
}

/// SOCI puts the name of its own function in front of what SQLite said.
std::string without_function(std::string message) {
  if (message.starts_with("sqlite3_")) {
    if (const auto end = message.find(": "); end != std::string::npos) message.erase(0, end + 2);
  }
  return message;
}

Error translate(int sqlite_code, int system_errno, std::string message) {
  switch (sqlite_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return {ErrorCode::kUnavailable, message + " (another process is writing)"};
    case SQLITE_FULL:
      return {ErrorCode::kResourceExhausted,
              message + "; nothing was changed, free some space and try again"};
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG: return {ErrorCode::kResourceExhausted, message};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return {ErrorCode::kCorrupt, message.append(kCorruptAdvice)};
    case SQLITE_CONSTRAINT: return {ErrorCode::kConflict, message};
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      if (means_full(system_errno)) {
        return {ErrorCode::kResourceExhausted, message + ": no space left; nothing was changed"};
      }
      return {ErrorCode::kIo, message};
    case SQLITE_READONLY:
    case SQLITE_PERM: return {ErrorCode::kIo, message};
    default: break;
  }
  // What SQLite says, with no code of its own, of a first page whose format number makes no sense.
  if (message.ends_with("unsupported file format"))
    return {ErrorCode::kCorrupt, message.append(kCorruptAdvice)};
  return {ErrorCode::kInternal, message};
}

using NameAndType = std::tuple<std::string, std::string, std::int64_t>;

Result<ColumnType> type_from(std::string_view declared) {
  if (declared == "BIGINT" || declared == "INTEGER") return ColumnType::kInteger;
  if (declared == "DOUBLE PRECISION") return ColumnType::kReal;
  if (declared == "TEXT") return ColumnType::kText;
  if (declared == "BLOB") return ColumnType::kBlob;
  return fail(ErrorCode::kInternal, fmt::format("a column of the type {}", declared));
}

Result<Table> describe_table(Session& session, const std::string& name) {
  Table table;
  table.name = name;
  EARMARK_TRY(
      const auto columns,
      session.query<NameAndType>("SELECT name, type, pk FROM pragma_table_info(:name) ORDER BY cid", {name}));
  table.primary_key.resize(columns.size());
  std::size_t keys = 0;
  for (const auto& [column, declared, place] : columns) {
    EARMARK_TRY(const auto type, type_from(declared));
    table.columns.push_back({column, type});
    if (place == 0) continue;
    table.primary_key.at(static_cast<std::size_t>(place - 1)) = column;
    ++keys;
  }
  table.primary_key.resize(keys);
  EARMARK_TRY(table.references,
              session.query<std::string>(
                  R"(SELECT DISTINCT "table" FROM pragma_foreign_key_list(:name) ORDER BY 1)", {name}));
  return table;
}

class Sqlite final : public Backend {
 public:
  explicit Sqlite(const Address& address) : file_(address.file()) {}

  void connect(soci::session& session, Session::Mode mode) const override {
    session.open(soci::sqlite3, "db=" + uri(file_, mode));
  }

  Status settle(Session& session, soci::session& soci, Session::Mode mode) const override {
    EARMARK_TRY_STATUS(session.execute(fmt::format("PRAGMA busy_timeout={}", kBusyTimeoutMs)));
    EARMARK_TRY_STATUS(session.execute("PRAGMA foreign_keys=ON"));
    EARMARK_TRY_STATUS(session.execute("PRAGMA temp_store=MEMORY"));
    if (mode != Session::Mode::kReadWrite) return {};
    // SQLite opens for reading what it may not write, and then even lets BEGIN IMMEDIATE pass.
    auto* backend = static_cast<soci::sqlite3_session_backend*>(soci.get_backend());
    if (sqlite_api::sqlite3_db_readonly(backend->conn_, "main") != 0)
      return fail(ErrorCode::kIo, file_.string() + ": may be read but not written");
    EARMARK_TRY_STATUS(session.execute("PRAGMA synchronous=FULL"));
    EARMARK_TRY_STATUS(session.execute(fmt::format("PRAGMA journal_size_limit={}", kLogSizeLimit)));
    EARMARK_TRY(const auto journal, session.get<std::string>("PRAGMA journal_mode=WAL"));
    if (journal != "wal") {
      return fail(
          ErrorCode::kUnsupported,
          fmt::format("{}: this file system has no shared memory for a write-ahead log", file_.string()));
    }
    return {};
  }

  Error translate(const std::exception& thrown, int system_errno) const override {
    const auto* error = dynamic_cast<const soci::sqlite3_soci_error*>(&thrown);
    if (error == nullptr) return {ErrorCode::kInternal, thrown.what()};
    return storage::translate(error->result(), system_errno, without_function(error->get_error_message()));
  }

  BlobForm blob_form() const override { return BlobForm::kNative; }
  Status check_text(std::string_view) const override { return {}; }

  std::string in_dialect(std::string_view statement) const override {
    return with_types(statement, {{"{key}", "INTEGER PRIMARY KEY AUTOINCREMENT"}, {"{blob}", "BLOB"}});
  }

  Status begin_write(Session& session) const override {
    EARMARK_TRY_STATUS(session.execute("BEGIN IMMEDIATE"));
    return {};
  }
  Status begin_read(Session& session) const override {
    EARMARK_TRY_STATUS(session.execute("BEGIN"));
    return {};
  }

  Result<std::vector<std::string>> table_names(Session& session) const override {
    return session.query<std::string>(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite%' ORDER BY rowid");
  }
  Result<Table> describe(Session& session, const std::string& table) const override {
    return describe_table(session, table);
  }

  /// AUTOINCREMENT follows the keys that were put in.
  Status renew_keys(Session&, const Table&) const override { return {}; }

  Status verify(Session& session) const override {
    EARMARK_TRY(const auto pages, session.get<std::string>("PRAGMA integrity_check(1)"));
    if (pages != "ok") {
      return fail(ErrorCode::kCorrupt, fmt::format("{}: {}{}", file_.string(), pages, kCorruptAdvice));
    }
    EARMARK_TRY(const auto broken, session.query<std::string>("PRAGMA foreign_key_check"));
    if (!broken.empty()) {
      return fail(ErrorCode::kCorrupt,
                  fmt::format("{}: {} broken references, first in table {}{}", file_.string(), broken.size(),
                              broken.front(), kCorruptAdvice));
    }
    return {};
  }

  Result<std::int64_t> bytes(Session&) const override { return 0; }

 private:
  std::filesystem::path file_;
};

}  // namespace

std::unique_ptr<Backend> sqlite_backend(const Address& address) { return std::make_unique<Sqlite>(address); }

}  // namespace earmark::storage
