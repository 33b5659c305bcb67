// PostgreSQL: a database of its own for a store that one machine has become too small for.
//
// Bytes go as text in hexadecimal form: SOCI's blobs are large objects there, which outlive their rows.
#include <optional>

#include <fmt/format.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include "core/text.h"
#include "storage/backend.h"

namespace earmark::storage {
namespace {

constexpr int kLockTimeoutMs = 30'000;
constexpr std::int64_t kOldestVersion = 120'000;  ///< 12
/// Of the lock that whoever writes holds: "earmark" in ASCII.
constexpr std::int64_t kWriterLock = 0x6561'726d'6172'6b;

struct CodeOf {
  std::string_view sqlstate;  ///< or the beginning of it
  ErrorCode code;
  std::string_view advice;
};

/// The first that fits counts. Source: PostgreSQL 15, appendix A.
constexpr CodeOf kCodes[] = {
    {"08", ErrorCode::kUnavailable, "; is the server running?"},
    {"53300", ErrorCode::kUnavailable, "; the server has too many connections"},
    {"57P", ErrorCode::kUnavailable, "; the server ended the connection"},
    {"55P03", ErrorCode::kUnavailable, " (another process is writing)"},
    {"40", ErrorCode::kUnavailable, "; try again"},
    {"53100", ErrorCode::kResourceExhausted,
     ": no space left on the server; nothing was changed, free some space and try again"},
    {"53", ErrorCode::kResourceExhausted, ""},
    {"54", ErrorCode::kResourceExhausted, ""},
    {"23", ErrorCode::kConflict, ""},
    {"25006", ErrorCode::kIo, ": may be read but not written"},
    {"42501", ErrorCode::kIo, "; this user may not do that"},
    {"58", ErrorCode::kIo, ""},
    {"XX001", ErrorCode::kCorrupt, "; put back a backup of the database"},
    {"XX002", ErrorCode::kCorrupt, "; make the index anew (REINDEX) or put back a backup of the database"},
    {"22021", ErrorCode::kInvalidArgument, ""},
};

/// Without the line ends and the advice for programmers that libpq puts behind a message.
std::string in_one_line(std::string_view message) {
  std::string line;
  for (const char c : message.substr(0, message.find("\nDETAIL"))) line += c == '\n' ? ' ' : c;
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

/// libpq gives no code where there was no connection yet.
Error translate_connecting(std::string message) {
  if (message.find("does not exist") != std::string::npos && message.find("database \"") != std::string::npos)
    return {ErrorCode::kNotFound, message + "; make it with createdb -E UTF8"};
  if (message.find("authentication") != std::string::npos || message.find("role \"") != std::string::npos)
    return {ErrorCode::kRefused, message};
  return {ErrorCode::kUnavailable, message};
}

Result<ColumnType> type_from(std::string_view declared) {
  if (declared == "bigint") return ColumnType::kInteger;
  if (declared == "double precision") return ColumnType::kReal;
  if (declared == "text") return ColumnType::kText;
  if (declared == "bytea") return ColumnType::kBlob;
  return fail(ErrorCode::kInternal, fmt::format("a column of the type {}", declared));
}

class Postgresql final : public Backend {
 public:
  explicit Postgresql(const Address& address) : url_(address.url()), name_(address.name()) {}

  void connect(soci::session& session, Session::Mode) const override { session.open(soci::postgresql, url_); }

  Status settle(Session& session, soci::session&, Session::Mode mode) const override {
    constexpr std::string_view kSettings[] = {
        "SET client_min_messages TO warning", "SET client_encoding TO 'UTF8'", "SET bytea_output TO hex",
        "SET extra_float_digits TO 1", "SET standard_conforming_strings TO on"};
    for (const auto setting : kSettings) EARMARK_TRY_STATUS(session.execute(setting));
    EARMARK_TRY_STATUS(session.execute(fmt::format("SET lock_timeout TO {}", kLockTimeoutMs)));
    EARMARK_TRY_STATUS(check_server(session));
    if (mode != Session::Mode::kReadWrite) {
      EARMARK_TRY_STATUS(session.execute("SET default_transaction_read_only TO on"));
      return {};
    }
    return check_durability(session);
  }

  Error translate(const std::exception& thrown, int) const override {
    const auto* error = dynamic_cast<const soci::postgresql_soci_error*>(&thrown);
    std::string message = in_one_line(thrown.what());
    if (error == nullptr) {
      const bool is_soci = dynamic_cast<const soci::soci_error*>(&thrown) != nullptr;
      const bool connecting = is_soci && message.find("connect") != std::string::npos;
      return connecting ? translate_connecting(std::move(message)) : Error{ErrorCode::kInternal, message};
    }
    const std::string state = error->sqlstate();
    for (const CodeOf& known : kCodes) {
      if (state.starts_with(known.sqlstate)) return {known.code, message.append(known.advice)};
    }
    // A connection that broke has no code of its own.
    if (message.find("server closed the connection") != std::string::npos ||
        message.find("no connection to the server") != std::string::npos)
      return {ErrorCode::kUnavailable, message};
    return {ErrorCode::kInternal, message};
  }

  BlobForm blob_form() const override { return BlobForm::kHex; }

  Status check_text(std::string_view text) const override {
    if (text.find('\0') == std::string_view::npos) return {};
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("{}: a text with a zero byte, which PostgreSQL cannot hold: \"{}\"", name_,
                            printable(text.substr(0, text.find('\0')))));
  }

  /// Texts are compared byte by byte, as SQLite does: the order of a list does not depend on the server.
  std::string in_dialect(std::string_view statement) const override {
    const bool makes_columns = statement.starts_with("CREATE TABLE") || statement.starts_with("ALTER TABLE");
    if (!makes_columns) return std::string(statement);
    return with_types(statement, {{"{key}", "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY"},
                                  {"{blob}", "BYTEA"},
                                  {" TEXT", R"( text COLLATE "C")"}});
  }

  /// One writer at a time in all processes, as with SQLite: histories are followed by their numbers, so they
  /// must be committed in the order of their numbers.
  Status begin_write(Session& session) const override {
    EARMARK_TRY_STATUS(session.execute("BEGIN"));
    const auto locked = session.execute(fmt::format("SELECT pg_advisory_xact_lock({})", kWriterLock));
    if (locked) return {};
    (void)session.execute("ROLLBACK");
    return fail(locked.error());
  }
  Status begin_read(Session& session) const override {
    EARMARK_TRY_STATUS(session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    return {};
  }

  Result<std::vector<std::string>> table_names(Session& session) const override {
    return session.query<std::string>(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') ORDER BY c.oid");
  }

  Result<Table> describe(Session& session, const std::string& name) const override {
    Table table;
    table.name = name;
    using NameAndType = std::tuple<std::string, std::string>;
    EARMARK_TRY(const auto columns,
                session.query<NameAndType>(
                    "SELECT a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a WHERE a.attrelid ="
                    " to_regclass(:name) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
                    {name}));
    for (const auto& [column, declared] : columns) {
      EARMARK_TRY(const auto type, type_from(declared));
      table.columns.push_back({column, type});
    }
    EARMARK_TRY(table.primary_key,
                session.query<std::string>(
                    "SELECT a.attname FROM pg_constraint c"
                    " CROSS JOIN LATERAL unnest(c.conkey) WITH ORDINALITY AS k (attnum, place)"
                    " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum"
                    " WHERE c.contype = 'p' AND c.conrelid = to_regclass(:name) ORDER BY k.place",
                    {name}));
    EARMARK_TRY(table.references,
                session.query<std::string>(
                    "SELECT DISTINCT r.relname FROM pg_constraint c JOIN pg_class r ON r.oid = c.confrelid"
                    " WHERE c.contype = 'f' AND c.conrelid = to_regclass(:name) ORDER BY 1",
                    {name}));
    return table;
  }

  Status renew_keys(Session& session, const Table& table) const override {
    if (table.primary_key.size() != 1) return {};
    const std::string& key = table.primary_key.front();
    EARMARK_TRY(const auto row, session.get<std::tuple<std::optional<std::string>>>(
                                    "SELECT pg_get_serial_sequence(:table, :key)", {table.name, key}));
    const auto& sequence = std::get<0>(row);
    if (!sequence) return {};
    EARMARK_TRY_STATUS(
        session.get<std::int64_t>(fmt::format("SELECT setval(CAST(:sequence AS regclass), coalesce(max({0}), "
                                              "1), max({0}) IS NOT NULL) FROM {1}",
                                              key, table.name),
                                  {*sequence}));
    return {};
  }

  /// Foreign keys always hold there. Reading every row meets damaged pages, where the cluster has checksums.
  Status verify(Session& session) const override {
    EARMARK_TRY(const auto names, table_names(session));
    for (const auto& name : names)
      EARMARK_TRY_STATUS(session.get<std::int64_t>(fmt::format("SELECT count(*) FROM {}", name)));
    return {};
  }

  Result<std::int64_t> bytes(Session& session) const override {
    return session.get<std::int64_t>("SELECT pg_database_size(current_database())");
  }

 private:
  Status check_server(Session& session) const {
    EARMARK_TRY(const auto version,
                session.get<std::int64_t>("SELECT CAST(current_setting('server_version_num') AS bigint)"));
    if (version < kOldestVersion) {
      return fail(ErrorCode::kUnsupported,
                  fmt::format("{}: PostgreSQL {}, and 12 or later is needed", name_, version / 10'000));
    }
    EARMARK_TRY(const auto encoding, session.get<std::string>("SELECT current_setting('server_encoding')"));
    if (encoding != "UTF8") {
      return fail(
          ErrorCode::kUnsupported,
          fmt::format("{}: the database is encoded in {}; make one with createdb -E UTF8 -T template0", name_,
                      encoding));
    }
    EARMARK_TRY(const auto schema, session.get<std::string>("SELECT coalesce(current_schema(), '')"));
    if (schema.empty()) {
      return fail(
          ErrorCode::kNotFound,
          fmt::format("{}: no schema of the search path is there; make it with CREATE SCHEMA", name_));
    }
    return {};
  }

  /// What was said to be stored must survive a loss of power.
  Status check_durability(Session& session) const {
    EARMARK_TRY(const auto fsync, session.get<std::string>("SELECT current_setting('fsync')"));
    if (fsync != "on") {
      return fail(
          ErrorCode::kUnsupported,
          fmt::format("{}: the server runs with fsync = off and would lose what it stored; turn it on",
                      name_));
    }
    EARMARK_TRY(const auto commits, session.get<std::string>("SELECT current_setting('synchronous_commit')"));
    if (commits == "off") EARMARK_TRY_STATUS(session.execute("SET synchronous_commit TO on"));
    return {};
  }

  std::string url_;
  std::string name_;
};

}  // namespace

std::unique_ptr<Backend> postgresql_backend(const Address& address) {
  return std::make_unique<Postgresql>(address);
}

}  // namespace earmark::storage
