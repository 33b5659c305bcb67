#pragma once
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "storage/columns.h"

namespace earmark::storage {

/// One connection. Thread-confined. Statements are plain SQL that SQLite and PostgreSQL both understand, one
/// at a time, with named parameters bound in the order in which they appear (each name once): "… WHERE url =
/// :url".
///
/// Errors: kUnavailable: locked by another for longer than the busy timeout; kResourceExhausted: disk full or
/// over a limit; kIo; kCorrupt; kConflict: a constraint; kInternal: the statement is wrong.
class Session {
 public:
  enum class Mode {
    kReadWrite,  ///< makes the file when it is not there; kIo when it may only be read
    kReadOnly,
    kImmutable,  ///< read-only without locks, for files that nobody writes: works where nothing can be
                 ///< written at all
  };
  [[nodiscard]] static Result<Session> open(const std::filesystem::path& file, Mode mode);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  /// Runs a statement; how many rows it changed.
  Result<std::int64_t> execute(std::string_view sql, std::initializer_list<Param> params = {});

  /// All rows, each read into a T (see Columns).
  template <class T>
  [[nodiscard]] Result<std::vector<T>> query(std::string_view sql, std::initializer_list<Param> params = {}) {
    std::vector<T> rows;
    T shape_of{};
    Columns shape;
    map_columns(shape, shape_of);
    EARMARK_TRY_STATUS(
        fetch(sql, {params.begin(), params.size()}, shape.types(), [&rows](std::span<Value> row) {
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

  [[nodiscard]] Result<bool> has_table(std::string_view name);
  /// The database's own check of its pages and references. kCorrupt with the first finding.
  [[nodiscard]] Status verify();

 private:
  struct State;
  explicit Session(std::unique_ptr<State> state);
  [[nodiscard]] Status fetch(std::string_view sql, std::span<const Param> params,
                             const std::vector<ColumnType>& types,
                             const std::function<void(std::span<Value>)>& on_row);

  std::unique_ptr<State> state_;
};

}  // namespace earmark::storage
