#include "api/service_store.h"

#include "core/hash.h"
#include "registry/ids.h"
#include "registry/parties.h"
#include "registry/tables.h"

namespace earmark::api {

Result<std::unique_ptr<ServiceStore>> ServiceStore::open(const std::filesystem::path& store,
                                                         const Clock& clock) {
  EARMARK_TRY(auto database, registry::open_tables(store, clock));
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
