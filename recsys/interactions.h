#pragma once
// Who took what: the sparse matrix that recommendations are learned from.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/result.h"

namespace earmark::recsys {

using ItemIndex = std::uint32_t;

/// Rows of item numbers, ascending, each at most once.
class Rows {
 public:
  void add(std::vector<ItemIndex> items);  ///< sorts, and drops what comes twice
  [[nodiscard]] std::size_t size() const { return starts_.size() - 1; }
  [[nodiscard]] std::span<const ItemIndex> operator[](std::size_t row) const {
    return std::span(items_).subspan(starts_[row], starts_[row + 1] - starts_[row]);
  }
  [[nodiscard]] std::size_t entries() const { return items_.size(); }

 private:
  std::vector<std::size_t> starts_{0};
  std::vector<ItemIndex> items_;
};

/// Columns of a matrix of `items` columns: for each item the rows it is in, ascending.
[[nodiscard]] Rows transposed(const Rows& rows, std::size_t items);

struct Interactions {
  std::vector<std::string> users;
  std::vector<std::string> items;
  Rows rows;  ///< by user
};

/// One line of a list.
struct Interaction {
  std::string user;
  std::string item;
  double weight = 1.0;
  double time = 0.0;
};

/// Reads "user,item[,weight[,time]]" a line (comma, tab or "::" between; a first line that begins with
/// user, userId or user_id is passed over). kInvalidArgument with the number of the line.
[[nodiscard]] Result<std::vector<Interaction>> parse_interactions(std::string_view text);

/// Those of at least `least_weight`, with users and items in the order in which they first appear.
[[nodiscard]] Interactions to_matrix(std::span<const Interaction> list, double least_weight);

/// What was known before a moment, and what came after, of the users who have both. The moment is that before
/// which `share` of the list lies; what came after of items that were not known before is left out.
struct TimeSplit {
  Interactions train;
  Rows test;  ///< by user of `train`; empty rows for those without
};
[[nodiscard]] TimeSplit split_by_time(std::span<const Interaction> list, double least_weight, double share);

}  // namespace earmark::recsys
