#pragma once
// The tables of the service itself (registry/service_schema.cpp), on a connection of its own to the store.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/result.h"
#include "core/time.h"
#include "storage/database.h"

namespace earmark::api {

/// Synchronised, as storage::Database is.
class ServiceStore {
 public:
  /// Makes the store where there is none.
  [[nodiscard]] static Result<std::unique_ptr<ServiceStore>> open(const std::filesystem::path& store,
                                                                  const Clock& clock = system_clock());

  [[nodiscard]] storage::Database& database() { return *database_; }
  [[nodiscard]] Timestamp now() const { return clock_->now(); }

  /// Key of the party of that name, made where there is none.
  [[nodiscard]] Result<std::int64_t> party_key(std::string_view name);

 private:
  ServiceStore(std::unique_ptr<storage::Database> database, const Clock& clock)
      : database_(std::move(database)), clock_(&clock) {}

  std::unique_ptr<storage::Database> database_;
  const Clock* clock_;
};

/// prefix and 26 random characters (130 bits).
[[nodiscard]] std::string new_id(std::string_view prefix);

}  // namespace earmark::api
