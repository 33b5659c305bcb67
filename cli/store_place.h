#pragma once
#include <filesystem>
#include <string>

#include "core/result.h"

namespace earmark::cli {

/// $EARMARK_STORE; else the user's data folder (XDG Base Directory Specification), so that a command finds
/// the same catalogue from whatever directory it is given; else, for users without a home, a folder here.
[[nodiscard]] std::filesystem::path default_store();

/// The folder of a store. One that is named by the URL of a PostgreSQL database gets a folder in the user's
/// data folder, made here, for its index, its signing key and what is spooled. kConflict: registry/place.h.
[[nodiscard]] Result<std::filesystem::path> settle_store(const std::filesystem::path& named);

}  // namespace earmark::cli
