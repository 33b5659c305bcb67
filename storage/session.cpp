// The home of SOCI: its headers are included here only, and its exceptions end here.
#include "storage/session.h"

#include <cerrno>
#include <deque>
#include <system_error>

#include <fmt/format.h>
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

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

struct InSlot {
  std::int64_t integer = 0;
  double real = 0;
  std::string text;
  std::unique_ptr<soci::blob> blob;
  soci::indicator indicator = soci::i_ok;
};

struct OutSlot {
  ColumnType type = ColumnType::kInteger;
  InSlot in;
};

void bind_param(soci::statement& statement, soci::session& session, const Param& param, InSlot& slot) {
  const Param::Borrowed& value = param.value();
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    slot.integer = *integer;
    statement.exchange(soci::use(slot.integer, slot.indicator));
  } else if (const auto* real = std::get_if<double>(&value)) {
    slot.real = *real;
    statement.exchange(soci::use(slot.real, slot.indicator));
  } else if (const auto* bytes = std::get_if<std::span<const std::byte>>(&value)) {
    slot.blob = std::make_unique<soci::blob>(session);
    slot.blob->append(as_text(*bytes).data(), bytes->size());
    statement.exchange(soci::use(*slot.blob, slot.indicator));
  } else {
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      slot.text = *text;
    } else {
      slot.indicator = soci::i_null;
    }
    statement.exchange(soci::use(slot.text, slot.indicator));
  }
}

void bind_column(soci::statement& statement, soci::session& session, OutSlot& slot) {
  switch (slot.type) {
    case ColumnType::kInteger: statement.exchange(soci::into(slot.in.integer, slot.in.indicator)); break;
    case ColumnType::kReal: statement.exchange(soci::into(slot.in.real, slot.in.indicator)); break;
    case ColumnType::kText: statement.exchange(soci::into(slot.in.text, slot.in.indicator)); break;
    case ColumnType::kBlob:
      slot.in.blob = std::make_unique<soci::blob>(session);
      statement.exchange(soci::into(*slot.in.blob, slot.in.indicator));
      break;
  }
}

Value take(OutSlot& slot) {
  if (slot.in.indicator == soci::i_null) return {};
  switch (slot.type) {
    case ColumnType::kInteger: return slot.in.integer;
    case ColumnType::kReal: return slot.in.real;
    case ColumnType::kText: return slot.in.text;
    case ColumnType::kBlob: break;
  }
  Bytes bytes(slot.in.blob->get_len());
  if (!bytes.empty()) slot.in.blob->read(0, reinterpret_cast<char*>(bytes.data()), bytes.size());
  return bytes;
}

/// Runs `work` and turns what SOCI throws into an Error.
template <class Work>
auto guarded(const std::string& name, Work&& work) -> decltype(work()) {
  try {
    errno = 0;
    return work();
  } catch (const soci::sqlite3_soci_error& error) {
    // errno and not sqlite3_system_errno(): that one is reset when the statement is destroyed, on the way
    // here.
    return fail(translate(error.result(), errno, name + ": " + without_function(error.get_error_message())));
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInternal, name + ": " + error.what());
  }
}

}  // namespace

struct Session::State {
  std::string name;
  soci::session soci;
};

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

Result<Session> Session::open(const std::filesystem::path& file, Mode mode) {
  std::error_code ignored;
  if (mode != Mode::kReadWrite && !std::filesystem::exists(file, ignored)) {
    return fail(ErrorCode::kNotFound, file.string() + ": no such file");
  }
  auto state = std::make_unique<State>();
  state->name = file.string();
  EARMARK_TRY_STATUS(guarded(state->name, [&]() -> Status {
    state->soci.open(soci::sqlite3, "db=" + uri(file, mode));
    return {};
  }));
  Session session(std::move(state));
  EARMARK_TRY_STATUS(session.execute(fmt::format("PRAGMA busy_timeout={}", kBusyTimeoutMs)));
  EARMARK_TRY_STATUS(session.execute("PRAGMA foreign_keys=ON"));
  EARMARK_TRY_STATUS(session.execute("PRAGMA temp_store=MEMORY"));
  if (mode == Mode::kReadWrite) {
    // SQLite opens for reading what it may not write, and then even lets BEGIN IMMEDIATE pass.
    auto* backend = static_cast<soci::sqlite3_session_backend*>(session.state_->soci.get_backend());
    if (sqlite_api::sqlite3_db_readonly(backend->conn_, "main") != 0) {
      return fail(ErrorCode::kIo, file.string() + ": may be read but not written");
    }
    EARMARK_TRY_STATUS(session.execute("PRAGMA synchronous=FULL"));
    EARMARK_TRY_STATUS(session.execute(fmt::format("PRAGMA journal_size_limit={}", kLogSizeLimit)));
    EARMARK_TRY(const auto journal, session.get<std::string>("PRAGMA journal_mode=WAL"));
    if (journal != "wal") {
      return fail(
          ErrorCode::kUnsupported,
          fmt::format("{}: this file system has no shared memory for a write-ahead log", file.string()));
    }
  }
  return session;
}

Result<std::int64_t> Session::execute(std::string_view sql, std::initializer_list<Param> params) {
  return guarded(state_->name, [&]() -> Result<std::int64_t> {
    soci::statement statement(state_->soci);
    std::deque<InSlot> slots(params.size());
    for (std::size_t i = 0; i < params.size(); ++i)
      bind_param(statement, state_->soci, params.begin()[i], slots[i]);
    statement.alloc();
    statement.prepare(std::string(sql));
    statement.define_and_bind();
    statement.execute(true);
    return statement.get_affected_rows();
  });
}

Status Session::fetch(std::string_view sql, std::span<const Param> params,
                      const std::vector<ColumnType>& types,
                      const std::function<void(std::span<Value>)>& on_row) {
  return guarded(state_->name, [&]() -> Status {
    soci::statement statement(state_->soci);
    std::deque<OutSlot> out(types.size());
    for (std::size_t i = 0; i < types.size(); ++i) {
      out[i].type = types[i];
      bind_column(statement, state_->soci, out[i]);
    }
    std::deque<InSlot> in(params.size());
    for (std::size_t i = 0; i < params.size(); ++i) bind_param(statement, state_->soci, params[i], in[i]);
    statement.alloc();
    statement.prepare(std::string(sql));
    statement.define_and_bind();
    statement.execute(false);
    std::vector<Value> row(types.size());
    while (statement.fetch()) {
      for (std::size_t i = 0; i < types.size(); ++i) row[i] = take(out[i]);
      on_row(row);
    }
    return {};
  });
}

Result<bool> Session::has_table(std::string_view name) {
  EARMARK_TRY(
      const auto count,
      get<std::int64_t>("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = :name", {name}));
  return count > 0;
}

Status Session::verify() {
  EARMARK_TRY(const auto pages, get<std::string>("PRAGMA integrity_check(1)"));
  if (pages != "ok") {
    return fail(ErrorCode::kCorrupt, fmt::format("{}: {}{}", state_->name, pages, kCorruptAdvice));
  }
  EARMARK_TRY(const auto broken, query<std::string>("PRAGMA foreign_key_check"));
  if (!broken.empty()) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("{}: {} broken references, first in table {}{}", state_->name, broken.size(),
                            broken.front(), kCorruptAdvice));
  }
  return {};
}

}  // namespace earmark::storage
