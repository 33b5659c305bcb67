#pragma once
// What differs between the databases behind a Session. Only for this module.
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "storage/session.h"
#include "storage/table.h"

namespace soci {
class session;
}

namespace earmark::storage {

/// Immutable; one for each connection.
class Backend {
 public:
  enum class BlobForm {
    kNative,  ///< SOCI's blobs
    kHex,     ///< text: \x and two digits a byte
  };
  Backend() = default;
  virtual ~Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  /// Throws what SOCI throws.
  virtual void connect(soci::session& session, Session::Mode mode) const = 0;
  /// The settings of a new connection, and whether the database is fit for what we promise.
  [[nodiscard]] virtual Status settle(Session& session, soci::session& soci, Session::Mode mode) const = 0;
  /// What was thrown, as an Error. `system_errno`: as it was when that was caught.
  [[nodiscard]] virtual Error translate(const std::exception& thrown, int system_errno) const = 0;
  [[nodiscard]] virtual BlobForm blob_form() const = 0;
  /// kInvalidArgument: this database cannot hold that text.
  [[nodiscard]] virtual Status check_text(std::string_view text) const = 0;
  /// A statement of a migration in this database's words.
  [[nodiscard]] virtual std::string in_dialect(std::string_view statement) const = 0;

  [[nodiscard]] virtual Status begin_write(Session& session) const = 0;
  [[nodiscard]] virtual Status begin_read(Session& session) const = 0;
  [[nodiscard]] virtual Result<std::vector<std::string>> table_names(Session& session) const = 0;
  [[nodiscard]] virtual Result<Table> describe(Session& session, const std::string& table) const = 0;
  /// After rows were put in with keys of their own: the next generated key is above them.
  [[nodiscard]] virtual Status renew_keys(Session& session, const Table& table) const = 0;
  [[nodiscard]] virtual Status verify(Session& session) const = 0;
  /// Bytes that the database takes, where that is not in a file of the store; 0 otherwise.
  [[nodiscard]] virtual Result<std::int64_t> bytes(Session& session) const = 0;
};

/// The statement with each token replaced by its type.
[[nodiscard]] std::string with_types(
    std::string_view statement, std::initializer_list<std::pair<std::string_view, std::string_view>> types);

[[nodiscard]] std::unique_ptr<Backend> sqlite_backend(const Address& address);
[[nodiscard]] std::unique_ptr<Backend> postgresql_backend(const Address& address);

}  // namespace earmark::storage
