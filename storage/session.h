#pragma once
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "storage/address.h"
#include "storage/columns.h"
#include "storage/table.h"

namespace earmark::storage {

class Backend;

/// One connection. Thread-confined. Statements are plain SQL that SQLite and PostgreSQL both understand, one
/// at a time, with named parameters bound in the order in which they appear (each name once): "… WHERE url =
/// :url". PostgreSQL ends a transaction with its first error: nothing but rolling back helps then.
///
/// Errors: kUnavailable: locked by another for longer than the busy timeout, or the server cannot be reached;
/// kResourceExhausted: disk full or over a limit; kIo; kCorrupt; kConflict: a constraint; kInvalidArgument:
/// text that the database cannot hold; kInternal: the statement is wrong.
class Session {
 public:
  enum class Mode {
    kReadWrite,  ///< makes the file when it is not there; kIo when it may only be read
    kReadOnly,
    kImmutable,  ///< SQLite: read-only without locks, for files that nobody writes: works where nothing can
                 ///< be written at all
  };
  /// kNotFound: no such file or database.
  [[nodiscard]] static Result<Session> open(const Address& address, Mode mode);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  /// Runs a statement; how many rows it changed.
  Result<std::int64_t> execute(std::string_view sql, std::initializer_list<Param> params = {});

  /// As above, with a number of parameters that is not known before.
  Result<std::int64_t> execute_with(std::string_view sql, std::span<const Param> params);

  /// One row after the other, in the types asked for.
  [[nodiscard]] Status scan(std::string_view sql, std::span<const Param> params,
                            const std::vector<ColumnType>& types,
                            const std::function<void(std::span<Value>)>& on_row);

  /// All rows, each read into a T (see Columns).
  template <class T>
  [[nodiscard]] Result<std::vector<T>> query(std::string_view sql, std::initializer_list<Param> params = {}) {
    std::vector<T> rows;
    T shape_of{};
    Columns shape;
    map_columns(shape, shape_of);
    EARMARK_TRY_STATUS(
        scan(sql, {params.begin(), params.size()}, shape.types(), [&rows](std::span<Value> row) {
          T item{};
          Columns columns;
          map_columns(columns, item);
          columns.assign(row);
          rows.push_back(std::move(item));
        }));
    return rows;
  }
  /// The first row, if any.
  template <class T>
  [[nodiscard]] Result<std::optional<T>> find(std::string_view sql,
                                              std::initializer_list<Param> params = {}) {
    EARMARK_TRY(auto rows, query<T>(sql, params));
    std::optional<T> first;
    if (!rows.empty()) first = std::move(rows.front());
    return first;
  }
  /// The row that must be there (an aggregate, a RETURNING); kInternal when it is not.
  template <class T>
  [[nodiscard]] Result<T> get(std::string_view sql, std::initializer_list<Param> params = {}) {
    EARMARK_TRY(auto row, find<T>(sql, params));
    if (!row) return fail(ErrorCode::kInternal, "no row from: " + std::string(sql));
    return std::move(*row);
  }

  /// Begins a transaction that writes, once no other one does: one at a time in all processes.
  [[nodiscard]] Status begin_write();
  /// Begins a transaction that sees one state of the database.
  [[nodiscard]] Status begin_read();

  [[nodiscard]] Result<bool> has_table(std::string_view name);
  [[nodiscard]] Result<bool> has_tables();
  /// All tables, each after those that its foreign keys point to.
  [[nodiscard]] Result<std::vector<Table>> tables();
  /// After rows were put in with keys of their own: the next generated key is above them.
  [[nodiscard]] Status renew_keys(const Table& table);
  /// A statement of a migration in this database's words (storage/migrations.h).
  [[nodiscard]] std::string in_dialect(std::string_view statement) const;
  /// The database's own check of its pages and references. kCorrupt with the first finding.
  [[nodiscard]] Status verify();
  /// Bytes of a database that is not a file of the store; 0 for SQLite.
  [[nodiscard]] Result<std::int64_t> database_bytes();
  /// Whether the server has gone, or ended this connection; it must be opened again.
  [[nodiscard]] bool is_lost() const;

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace earmark::storage
