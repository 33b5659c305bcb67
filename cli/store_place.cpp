#include "cli/store_place.h"

#include <cstdlib>

#include "registry/place.h"

namespace earmark::cli {
namespace {

namespace fs = std::filesystem;

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Empty where the user has none.
fs::path data_folder() {
  if (fs::path data = environment("XDG_DATA_HOME"); data.is_absolute()) return data;
  if (const fs::path home = environment("HOME"); home.is_absolute()) return home / ".local" / "share";
  return {};
}

}  // namespace

fs::path default_store() {
  if (fs::path store = environment("EARMARK_STORE"); !store.empty()) return store;
  const fs::path data = data_folder();
  return data.empty() ? fs::path("earmark-store") : data / "earmark";
}

Result<fs::path> settle_store(const fs::path& named) {
  if (!storage::Address::is_url(named.native())) return named;
  EARMARK_TRY(const auto address, storage::Address::of_url(named.native()));
  fs::path folder = data_folder() / registry::folder_name(address);
  EARMARK_TRY_STATUS(registry::bind_folder(folder, address));
  return folder;
}

}  // namespace earmark::cli
