#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"

namespace earmark::storage {

/// Where tables are: in a file of SQLite, or in a PostgreSQL database that a URL names in libpq's form:
/// postgresql://USER@HOST/DATABASE, or postgresql:///DATABASE?host=/run/postgresql for a socket of this
/// machine.
class Address {
 public:
  Address() = default;
  Address(std::filesystem::path file) : file_(std::move(file)) {}  // NOLINT: a file is the usual address
  /// kInvalidArgument: not such a URL.
  [[nodiscard]] static Result<Address> of_url(std::string_view url);
  /// Whether the text means a PostgreSQL database, rather than a path.
  [[nodiscard]] static bool is_url(std::string_view text);

  [[nodiscard]] bool is_postgresql() const { return !url_.empty(); }
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }  ///< of SQLite
  [[nodiscard]] const std::string& url() const { return url_; }              ///< may hold a password
  /// For people and logs: the path, or the URL without a password.
  [[nodiscard]] std::string name() const;

 private:
  std::filesystem::path file_;
  std::string url_;
};

}  // namespace earmark::storage
