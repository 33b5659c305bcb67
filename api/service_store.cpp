#include "api/service_store.h"

#include "core/hash.h"
#include "registry/ids.h"
#include "registry/parties.h"
#include "registry/registry.h"
#include "registry/schema.h"

namespace earmark::api {

Result<std::unique_ptr<ServiceStore>> ServiceStore::open(const std::filesystem::path& store,
                                                         const Clock& clock) {
  {
    // The registry makes what a new store needs, in its own way.
    registry::Registry::Options options;
    options.store = store;
    options.clock = &clock;
    EARMARK_TRY(const auto registry, registry::Registry::open(options));
  }
  storage::Database::Options options;
  EARMARK_TRY(options.address, registry::address_of(store));
  options.migrations = registry::schema();
  options.clock = &clock;
  EARMARK_TRY(auto database, storage::Database::open(options));
  return std::unique_ptr<ServiceStore>(new ServiceStore(std::move(database), clock));
}

Result<std::int64_t> ServiceStore::party_key(std::string_view name) {
  EARMARK_TRY(const auto known, database_->read([&](storage::Session& session) {
    return session.find<std::int64_t>("SELECT key FROM parties WHERE name = :name", {name});
  }));
  if (known) return *known;
  return database_->write([&](storage::Session& session) -> Result<std::int64_t> {
    EARMARK_TRY(const auto party, registry::ensure_party(session, name, clock_->now()));
    return party.key;
  });
}

std::string new_id(std::string_view prefix) {
  constexpr std::size_t kCharacters = 26;
  return registry::public_id(prefix, sha256(random_bytes(sizeof(Sha256))), kCharacters);
}

}  // namespace earmark::api
