#pragma once
#include <string>
#include <vector>

#include "storage/columns.h"

namespace earmark::storage {

struct Column {
  std::string name;
  ColumnType type = ColumnType::kInteger;
};

/// A table as the database describes it.
struct Table {
  std::string name;
  std::vector<Column> columns;           ///< in the order in which they were declared
  std::vector<std::string> primary_key;  ///< names of columns, in the order of the key
  std::vector<std::string> references;   ///< tables that its foreign keys point to
};

}  // namespace earmark::storage
