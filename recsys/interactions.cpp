#include "recsys/interactions.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace earmark::recsys {
namespace {

/// Up to four fields between commas, tabs or "::".
std::size_t split(std::string_view line, std::array<std::string_view, 4>& fields) {
  const std::string_view separator = line.find("::") != std::string_view::npos   ? "::"
                                     : line.find('\t') != std::string_view::npos ? "\t"
                                                                                 : ",";
  std::size_t count = 0;
  while (count < fields.size()) {
    const auto end = line.find(separator);
    fields[count++] = line.substr(0, end);
    if (end == std::string_view::npos) break;
    line.remove_prefix(end + separator.size());
  }
  return count;
}

bool number(std::string_view text, double& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

/// Whether the first field of the first line names its column.
bool is_header(std::string_view field) {
  std::string lower(field);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower == "user" || lower == "userid" || lower == "user_id";
}

/// Numbers names in the order in which they come.
class Names {
 public:
  std::uint32_t of(const std::string& name) {
    const auto [at, is_new] = numbers_.emplace(name, static_cast<std::uint32_t>(names_.size()));
    if (is_new) names_.push_back(name);
    return at->second;
  }
  [[nodiscard]] std::vector<std::string> take() { return std::move(names_); }
  [[nodiscard]] std::size_t size() const { return names_.size(); }
  [[nodiscard]] const std::uint32_t* find(const std::string& name) const {
    const auto at = numbers_.find(name);
    return at == numbers_.end() ? nullptr : &at->second;
  }

 private:
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<std::string> names_;
};

}  // namespace

void Rows::add(std::vector<ItemIndex> items) {
  std::sort(items.begin(), items.end());
  items.erase(std::unique(items.begin(), items.end()), items.end());
  items_.insert(items_.end(), items.begin(), items.end());
  starts_.push_back(items_.size());
}

Rows transposed(const Rows& rows, std::size_t items) {
  std::vector<std::vector<ItemIndex>> columns(items);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (const ItemIndex item : rows[row]) columns[item].push_back(static_cast<ItemIndex>(row));
  }
  Rows out;
  for (auto& column : columns) out.add(std::move(column));
  return out;
}

Result<std::vector<Interaction>> parse_interactions(std::string_view text) {
  std::vector<Interaction> list;
  std::size_t line_number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    std::array<std::string_view, 4> fields;
    const std::size_t count = split(line, fields);
    Interaction one{std::string(fields[0]), std::string(fields[1])};
    const bool good = count >= 2 && !one.user.empty() && !one.item.empty() &&
                      (count < 3 || number(fields[2], one.weight)) &&
                      (count < 4 || number(fields[3], one.time));
    if (line_number == 1 && is_header(fields[0])) continue;
    if (!good)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("line {}: expected user,item[,weight[,time]]", line_number));
    list.push_back(std::move(one));
  }
  return list;
}

Interactions to_matrix(std::span<const Interaction> list, double least_weight) {
  Names users;
  Names items;
  std::vector<std::vector<ItemIndex>> rows;
  for (const Interaction& one : list) {
    if (one.weight < least_weight) continue;
    const std::uint32_t user = users.of(one.user);
    if (user >= rows.size()) rows.emplace_back();
    rows[user].push_back(items.of(one.item));
  }
  Interactions out;
  for (auto& row : rows) out.rows.add(std::move(row));
  out.users = users.take();
  out.items = items.take();
  return out;
}

TimeSplit split_by_time(std::span<const Interaction> list, double least_weight, double share) {
  std::vector<double> times;
  for (const Interaction& one : list) {
    if (one.weight >= least_weight) times.push_back(one.time);
  }
  TimeSplit out;
  if (times.empty()) return out;
  std::sort(times.begin(), times.end());
  const auto place = static_cast<std::size_t>(share * static_cast<double>(times.size()));
  const double moment = times[std::min(place, times.size() - 1)];
  std::vector<Interaction> before;
  for (const Interaction& one : list) {
    if (one.time < moment) before.push_back(one);
  }
  out.train = to_matrix(before, least_weight);
  Names users;
  Names items;
  for (const auto& user : out.train.users) users.of(user);
  for (const auto& item : out.train.items) items.of(item);
  std::vector<std::vector<ItemIndex>> rows(users.size());
  for (const Interaction& one : list) {
    if (one.time < moment || one.weight < least_weight) continue;
    const std::uint32_t* user = users.find(one.user);
    const std::uint32_t* item = items.find(one.item);
    if (user == nullptr || item == nullptr) continue;
    const auto known = out.train.rows[*user];
    if (!std::binary_search(known.begin(), known.end(), *item)) rows[*user].push_back(*item);
  }
  for (auto& row : rows) out.test.add(std::move(row));
  return out;
}

}  // namespace earmark::recsys
