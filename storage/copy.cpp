#include "storage/copy.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"

namespace earmark::storage {
namespace {

using Row = std::vector<Value>;

/// Rows in memory at a time: fingerprints and clips are megabytes, other rows some hundred bytes.
constexpr std::int64_t kPage = 1000;
constexpr std::int64_t kPageWithBlobs = 16;

Param to_param(const Value& value) {
  return std::visit(
      [](const auto& field) -> Param {
        if constexpr (std::is_same_v<std::decay_t<decltype(field)>, std::monostate>) {
          return Param(std::optional<std::int64_t>());
        } else {
          return Param(field);
        }
      },
      value);
}

std::vector<Param> to_params(std::span<const Value> values) {
  std::vector<Param> params;
  params.reserve(values.size());
  for (const Value& value : values) params.push_back(to_param(value));
  return params;
}

std::string list_of(std::size_t count, const std::function<std::string(std::size_t)>& name) {
  std::string list;
  for (std::size_t i = 0; i < count; ++i) list += (i == 0 ? "" : ", ") + name(i);
  return list;
}

/// Reads a table in the order of its primary key, a page at a time.
class Pages {
 public:
  Pages(Session& session, const Table& table) : session_(&session), table_(&table) {
    const bool has_blobs = std::any_of(table.columns.begin(), table.columns.end(),
                                       [](const Column& column) { return column.type == ColumnType::kBlob; });
    page_ = has_blobs ? kPageWithBlobs : kPage;
    for (const Column& column : table.columns) types_.push_back(column.type);
    for (const auto& key : table.primary_key) {
      const auto at = std::find_if(table.columns.begin(), table.columns.end(),
                                   [&](const Column& column) { return column.name == key; });
      key_places_.push_back(static_cast<std::size_t>(at - table.columns.begin()));
    }
  }

  /// Empty: that was all.
  [[nodiscard]] Result<std::vector<Row>> next() {
    std::vector<Row> rows;
    const auto params = to_params(last_key_);
    EARMARK_TRY_STATUS(session_->scan(statement(), params, types_, [&rows](std::span<Value> row) {
      rows.emplace_back(std::make_move_iterator(row.begin()), std::make_move_iterator(row.end()));
    }));
    if (!rows.empty()) {
      last_key_.clear();
      for (const std::size_t place : key_places_) last_key_.push_back(rows.back()[place]);
    }
    return rows;
  }

  [[nodiscard]] std::string key_of(const Row& row) const {
    return list_of(key_places_.size(), [&](std::size_t i) {
      const Value& value = row[key_places_[i]];
      if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
      if (const auto* text = std::get_if<std::string>(&value)) return printable(*text);
      return std::string("?");
    });
  }

 private:
  [[nodiscard]] std::string statement() const {
    const Table& table = *table_;
    const auto columns = list_of(table.columns.size(), [&](std::size_t i) { return table.columns[i].name; });
    const auto keys = list_of(table.primary_key.size(), [&](std::size_t i) { return table.primary_key[i]; });
    std::string text = fmt::format("SELECT {} FROM {}", columns, table.name);
    if (!last_key_.empty()) {
      text += fmt::format(" WHERE ({}) > ({})", keys,
                          list_of(last_key_.size(), [](std::size_t i) { return fmt::format(":k{}", i); }));
    }
    return text + fmt::format(" ORDER BY {} LIMIT {}", keys, page_);
  }

  Session* session_;
  const Table* table_;
  std::int64_t page_ = kPage;
  std::vector<ColumnType> types_;
  std::vector<std::size_t> key_places_;
  std::vector<Value> last_key_;  ///< empty at the beginning
};

Status check(const Table& table) {
  if (!table.primary_key.empty()) return {};
  return fail(ErrorCode::kInternal, fmt::format("table {} has no primary key", table.name));
}

/// The first column in which two rows differ.
std::string difference(const Table& table, const Row& left, const Row& right) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (left[i] != right[i]) return table.columns[i].name;
  }
  return {};
}

}  // namespace

Result<std::int64_t> copy_rows(Session& from, Session& to, const Table& table, const CopyProgress& progress) {
  EARMARK_TRY_STATUS(check(table));
  const auto insert =
      fmt::format("INSERT INTO {} ({}) VALUES ({})", table.name,
                  list_of(table.columns.size(), [&](std::size_t i) { return table.columns[i].name; }),
                  list_of(table.columns.size(), [](std::size_t i) { return fmt::format(":c{}", i); }));
  Pages pages(from, table);
  std::int64_t copied = 0;
  while (true) {
    EARMARK_TRY(const auto rows, pages.next());
    if (rows.empty()) break;
    for (const Row& row : rows) {
      auto done = to.execute_with(insert, to_params(row));
      if (!done)
        return fail(
            done.error().with_context(fmt::format("table {}, row {}", table.name, pages.key_of(row))));
    }
    copied += static_cast<std::int64_t>(rows.size());
    progress(copied);
  }
  EARMARK_TRY_STATUS(to.renew_keys(table));
  return copied;
}

Result<std::int64_t> compare_rows(Session& left, Session& right, const Table& table,
                                  const CopyProgress& progress) {
  EARMARK_TRY_STATUS(check(table));
  Pages lefts(left, table);
  Pages rights(right, table);
  std::int64_t compared = 0;
  while (true) {
    EARMARK_TRY(const auto ours, lefts.next());
    EARMARK_TRY(const auto theirs, rights.next());
    if (ours.size() != theirs.size()) {
      return fail(ErrorCode::kCorrupt,
                  fmt::format("table {}: one side ends after {} rows, and the other does not", table.name,
                              compared + static_cast<std::int64_t>(std::min(ours.size(), theirs.size()))));
    }
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const auto column = difference(table, ours[i], theirs[i]);
      if (!column.empty())
        return fail(ErrorCode::kCorrupt,
                    fmt::format("table {}, row {}: {} differs", table.name, lefts.key_of(ours[i]), column));
    }
    if (ours.empty()) return compared;
    compared += static_cast<std::int64_t>(ours.size());
    progress(compared);
  }
}

}  // namespace earmark::storage
