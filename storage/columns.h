#pragma once
// How the columns of a result row become fields, and values become parameters. No SQL library is visible
// here.
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "core/bytes.h"
#include "core/time.h"

namespace earmark::storage {

enum class ColumnType { kInteger, kReal, kText, kBlob };

/// One field of a result row; monostate is NULL.
using Value = std::variant<std::monostate, std::int64_t, double, std::string, Bytes>;

/// A parameter of a statement; borrows text and bytes for the call. Times are stored as ms since 1970 (UTC).
class Param {
 public:
  using Borrowed =
      std::variant<std::monostate, std::int64_t, double, std::string_view, std::span<const std::byte>>;

  template <class T>
  requires std::is_integral_v<T> Param(T value)
      : value_(static_cast<std::int64_t>(value)) {}  // NOLINT: implicit, so that {key, url} works
  Param(double value) : value_(value) {}             // NOLINT
  Param(std::string_view value) : value_(value) {}   // NOLINT
  Param(const std::string& value) : value_(std::string_view(value)) {}                // NOLINT
  Param(const char* value) : value_(std::string_view(value)) {}                       // NOLINT
  Param(const Bytes& value) : value_(std::span<const std::byte>(value)) {}            // NOLINT
  Param(std::span<const std::byte> value) : value_(value) {}                          // NOLINT
  Param(Timestamp value) : value_(std::int64_t{value.time_since_epoch().count()}) {}  // NOLINT
  template <class T>
  Param(const std::optional<T>& value) {  // NOLINT
    if (value) value_ = Param(*value).value_;
  }

  [[nodiscard]] const Borrowed& value() const { return value_; }

 private:
  Borrowed value_;
};

/// The fields that the columns of a row go to, in order. A NULL leaves the field as it is.
/// map_columns(Columns&, T&), found by argument-dependent look-up, describes a row type once, for its shape
/// and its reading.
class Columns {
 public:
  Columns& operator()(std::int64_t& field) { return add<std::int64_t>(ColumnType::kInteger, field); }
  Columns& operator()(double& field) { return add<double>(ColumnType::kReal, field); }
  Columns& operator()(std::string& field) { return add<std::string>(ColumnType::kText, field); }
  Columns& operator()(Bytes& field) { return add<Bytes>(ColumnType::kBlob, field); }
  Columns& operator()(Timestamp& field) {
    return integer([&field](std::int64_t ms) { field = Timestamp(std::chrono::milliseconds(ms)); });
  }
  template <class T>
  Columns& operator()(std::optional<T>& field) {
    Columns inner;
    inner(field.emplace());
    field.reset();
    fields_.push_back({inner.fields_[0].type, [&field](Value&& value) {
                         Columns slot;
                         slot(field.emplace());
                         slot.fields_[0].assign(std::move(value));
                       }});
    return *this;
  }
  /// A column that needs converting.
  Columns& integer(std::function<void(std::int64_t)> use) {
    fields_.push_back({ColumnType::kInteger,
                       [use = std::move(use)](Value&& value) { use(std::get<std::int64_t>(value)); }});
    return *this;
  }
  Columns& text(std::function<void(const std::string&)> use) {
    fields_.push_back(
        {ColumnType::kText, [use = std::move(use)](Value&& value) { use(std::get<std::string>(value)); }});
    return *this;
  }

  [[nodiscard]] std::vector<ColumnType> types() const {
    std::vector<ColumnType> types;
    types.reserve(fields_.size());
    for (const Field& field : fields_) types.push_back(field.type);
    return types;
  }
  void assign(std::span<Value> row) const {
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (!std::holds_alternative<std::monostate>(row[i])) fields_[i].assign(std::move(row[i]));
    }
  }

 private:
  struct Field {
    ColumnType type;
    std::function<void(Value&&)> assign;
  };
  template <class T>
  Columns& add(ColumnType type, T& field) {
    fields_.push_back({type, [&field](Value&& value) { field = std::get<T>(std::move(value)); }});
    return *this;
  }

  std::vector<Field> fields_;
};

inline void map_columns(Columns& columns, std::int64_t& value) { columns(value); }
inline void map_columns(Columns& columns, std::string& value) { columns(value); }
inline void map_columns(Columns& columns, Bytes& value) { columns(value); }
template <class... T>
void map_columns(Columns& columns, std::tuple<T...>& row) {
  std::apply([&](T&... field) { (columns(field), ...); }, row);
}

}  // namespace earmark::storage
