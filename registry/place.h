#pragma once
// A store is a folder. Its tables are in earmark.db there, or in the PostgreSQL database that the folder's
// file `database.url` names; what is derived, spooled or secret is in the folder either way.
#include <filesystem>
#include <string_view>

#include "core/result.h"
#include "storage/address.h"

namespace earmark::registry {

/// Name of the database in a store's folder.
inline constexpr const char* kDatabaseFile = "earmark.db";
/// Name of the file in a store's folder that holds the URL of its database.
inline constexpr const char* kAddressFile = "database.url";

/// Where the tables of the store in that folder are, or will be. kCorrupt: the file holds no such URL;
/// kConflict: the folder holds tables of its own as well.
[[nodiscard]] Result<storage::Address> address_of(const std::filesystem::path& folder);

/// Whether a store was made there.
[[nodiscard]] bool is_store(const std::filesystem::path& folder);

/// Makes the folder where needed and writes the URL there, readable by its owner only. kConflict: the folder
/// has tables of its own, or belongs to another database.
[[nodiscard]] Status bind_folder(const std::filesystem::path& folder, const storage::Address& address);

/// Name of the folder for a database that is named by its URL alone: the same for every password.
[[nodiscard]] std::string folder_name(const storage::Address& address);

}  // namespace earmark::registry
