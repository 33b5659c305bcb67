// The home of SOCI, with the two backends: its headers are included here only, and its exceptions end here.
#include "storage/session.h"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <soci/soci.h>

#include "core/hash.h"
#include "core/signing.h"
#include "storage/backend.h"

namespace earmark::storage {
namespace {

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

/// A connection and how its database takes bytes.
struct Binding {
  soci::session& session;
  Backend::BlobForm blobs;
};

std::string as_hex(std::span<const std::byte> bytes) { return "\\x" + to_hex(bytes); }

Result<Bytes> from_hex_form(std::string_view text) {
  if (text.starts_with("\\x")) {
    if (auto bytes = from_hex(text.substr(2))) return std::move(*bytes);
  }
  return fail(ErrorCode::kInternal, "bytes that are not in hexadecimal form");
}

void bind_param(soci::statement& statement, const Binding& binding, const Param& param, InSlot& slot) {
  const Param::Borrowed& value = param.value();
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    slot.integer = *integer;
    statement.exchange(soci::use(slot.integer, slot.indicator));
  } else if (const auto* real = std::get_if<double>(&value)) {
    slot.real = *real;
    statement.exchange(soci::use(slot.real, slot.indicator));
  } else if (const auto* hex = std::get_if<std::span<const std::byte>>(&value);
             hex != nullptr && binding.blobs == Backend::BlobForm::kHex) {
    slot.text = as_hex(*hex);
    statement.exchange(soci::use(slot.text, slot.indicator));
  } else if (const auto* bytes = std::get_if<std::span<const std::byte>>(&value)) {
    slot.blob = std::make_unique<soci::blob>(binding.session);
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

void bind_column(soci::statement& statement, const Binding& binding, OutSlot& slot) {
  switch (slot.type) {
    case ColumnType::kInteger: statement.exchange(soci::into(slot.in.integer, slot.in.indicator)); break;
    case ColumnType::kReal: statement.exchange(soci::into(slot.in.real, slot.in.indicator)); break;
    case ColumnType::kText: statement.exchange(soci::into(slot.in.text, slot.in.indicator)); break;
    case ColumnType::kBlob:
      if (binding.blobs == Backend::BlobForm::kHex) {
        statement.exchange(soci::into(slot.in.text, slot.in.indicator));
        break;
      }
      slot.in.blob = std::make_unique<soci::blob>(binding.session);
      statement.exchange(soci::into(*slot.in.blob, slot.in.indicator));
      break;
  }
}

Result<Value> take(OutSlot& slot, const Binding& binding) {
  if (slot.in.indicator == soci::i_null) return Value();
  switch (slot.type) {
    case ColumnType::kInteger: return Value(slot.in.integer);
    case ColumnType::kReal: return Value(slot.in.real);
    case ColumnType::kText: return Value(slot.in.text);
    case ColumnType::kBlob: break;
  }
  if (binding.blobs == Backend::BlobForm::kHex) {
    EARMARK_TRY(auto decoded, from_hex_form(slot.in.text));
    return Value(std::move(decoded));
  }
  Bytes bytes(slot.in.blob->get_len());
  if (!bytes.empty()) slot.in.blob->read(0, reinterpret_cast<char*>(bytes.data()), bytes.size());
  return Value(std::move(bytes));
}

/// Runs `work` and turns what SOCI throws into an Error.
template <class Work>
auto guarded(const std::string& name, const Backend& backend, Work&& work) -> decltype(work()) {
  try {
    errno = 0;
    return work();
  } catch (const std::exception& thrown) {
    // errno and not sqlite3_system_errno(): that one is reset when the statement is destroyed, on the way
    // here.
    const int system_errno = errno;
    return fail(backend.translate(thrown, system_errno).with_context(name));
  }
}

Status check_texts(const Backend& backend, std::span<const Param> params) {
  for (const Param& param : params) {
    if (const auto* text = std::get_if<std::string_view>(&param.value()))
      EARMARK_TRY_STATUS(backend.check_text(*text));
  }
  return {};
}

/// Moves to `sorted` what points to nothing but to itself and to what is there already; false: nothing did.
bool move_ready(std::vector<Table>& rest, std::vector<Table>& sorted, std::set<std::string>& placed) {
  const auto is_ready = [&](const Table& table) {
    return std::all_of(table.references.begin(), table.references.end(), [&](const std::string& target) {
      return target == table.name || placed.contains(target);
    });
  };
  const auto waiting = std::stable_partition(rest.begin(), rest.end(), is_ready);
  if (waiting == rest.begin()) return false;
  for (auto table = rest.begin(); table != waiting; ++table) {
    placed.insert(table->name);
    sorted.push_back(std::move(*table));
  }
  rest.erase(rest.begin(), waiting);
  return true;
}

}  // namespace

std::string with_types(std::string_view statement,
                       std::initializer_list<std::pair<std::string_view, std::string_view>> types) {
  std::string text(statement);
  for (const auto& [token, type] : types) {
    for (auto at = text.find(token); at != std::string::npos; at = text.find(token, at + type.size()))
      text.replace(at, token.size(), type);
  }
  return text;
}

struct Session::State {
  std::string name;
  std::unique_ptr<Backend> backend;
  soci::session soci;
};

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

Result<Session> Session::open(const Address& address, Mode mode) {
  std::error_code ignored;
  if (!address.is_postgresql() && mode != Mode::kReadWrite &&
      !std::filesystem::exists(address.file(), ignored)) {
    return fail(ErrorCode::kNotFound, address.name() + ": no such file");
  }
  auto state = std::make_unique<State>();
  state->name = address.name();
  state->backend = address.is_postgresql() ? postgresql_backend(address) : sqlite_backend(address);
  EARMARK_TRY_STATUS(guarded(state->name, *state->backend, [&]() -> Status {
    state->backend->connect(state->soci, mode);
    return {};
  }));
  Session session(std::move(state));
  const Backend& backend = *session.state_->backend;
  EARMARK_TRY_STATUS(backend.settle(session, session.state_->soci, mode));
  return session;
}

Result<std::int64_t> Session::execute(std::string_view sql, std::initializer_list<Param> params) {
  return execute_with(sql, {params.begin(), params.size()});
}

Result<std::int64_t> Session::execute_with(std::string_view sql, std::span<const Param> params) {
  EARMARK_TRY_STATUS(check_texts(*state_->backend, params));
  return guarded(state_->name, *state_->backend, [&]() -> Result<std::int64_t> {
    const Binding binding{state_->soci, state_->backend->blob_form()};
    soci::statement statement(state_->soci);
    std::deque<InSlot> slots(params.size());
    for (std::size_t i = 0; i < params.size(); ++i) bind_param(statement, binding, params[i], slots[i]);
    statement.alloc();
    statement.prepare(std::string(sql));
    statement.define_and_bind();
    statement.execute(true);
    return statement.get_affected_rows();
  });
}

Status Session::scan(std::string_view sql, std::span<const Param> params,
                     const std::vector<ColumnType>& types,
                     const std::function<void(std::span<Value>)>& on_row) {
  EARMARK_TRY_STATUS(check_texts(*state_->backend, params));
  return guarded(state_->name, *state_->backend, [&]() -> Status {
    const Binding binding{state_->soci, state_->backend->blob_form()};
    soci::statement statement(state_->soci);
    std::deque<OutSlot> out(types.size());
    for (std::size_t i = 0; i < types.size(); ++i) {
      out[i].type = types[i];
      bind_column(statement, binding, out[i]);
    }
    std::deque<InSlot> in(params.size());
    for (std::size_t i = 0; i < params.size(); ++i) bind_param(statement, binding, params[i], in[i]);
    statement.alloc();
    statement.prepare(std::string(sql));
    statement.define_and_bind();
    statement.execute(false);
    std::vector<Value> row(types.size());
    while (statement.fetch()) {
      for (std::size_t i = 0; i < types.size(); ++i) {
        EARMARK_TRY(row[i], take(out[i], binding));
      }
      on_row(row);
    }
    return {};
  });
}

Status Session::begin_write() { return state_->backend->begin_write(*this); }
Status Session::begin_read() { return state_->backend->begin_read(*this); }
Status Session::verify() { return state_->backend->verify(*this); }
Status Session::renew_keys(const Table& table) { return state_->backend->renew_keys(*this, table); }
Result<std::int64_t> Session::database_bytes() { return state_->backend->bytes(*this); }

std::string Session::in_dialect(std::string_view statement) const {
  return state_->backend->in_dialect(statement);
}

Result<bool> Session::has_table(std::string_view name) {
  EARMARK_TRY(const auto all, state_->backend->table_names(*this));
  return std::find(all.begin(), all.end(), name) != all.end();
}

Result<bool> Session::has_tables() {
  EARMARK_TRY(const auto all, state_->backend->table_names(*this));
  return !all.empty();
}

Result<std::vector<Table>> Session::tables() {
  EARMARK_TRY(const auto names, state_->backend->table_names(*this));
  std::vector<Table> rest;
  for (const auto& name : names) {
    EARMARK_TRY(auto table, state_->backend->describe(*this, name));
    rest.push_back(std::move(table));
  }
  std::vector<Table> sorted;
  std::set<std::string> placed;
  while (!rest.empty()) {
    if (!move_ready(rest, sorted, placed))
      return fail(ErrorCode::kInternal, fmt::format("{}: tables that point to each other", state_->name));
  }
  return sorted;
}

bool Session::is_lost() const { return !state_->soci.is_connected(); }

}  // namespace earmark::storage
