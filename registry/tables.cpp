#include "registry/tables.h"

#include "registry/place.h"
#include "registry/registry.h"
#include "registry/schema.h"

namespace earmark::registry {

Result<std::unique_ptr<storage::Database>> open_tables(const std::filesystem::path& store,
                                                       const Clock& clock) {
  {
    // The registry makes what a new store needs, in its own way.
    Registry::Options options;
    options.store = store;
    options.clock = &clock;
    EARMARK_TRY(const auto registry, Registry::open(options));
  }
  storage::Database::Options options;
  EARMARK_TRY(options.address, address_of(store));
  options.migrations = schema();
  options.clock = &clock;
  return storage::Database::open(options);
}

}  // namespace earmark::registry
