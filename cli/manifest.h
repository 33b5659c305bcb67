#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/manifest_rights.h"
#include "core/result.h"
#include "registry/types.h"

namespace earmark::cli {

/// One recording of a manifest. Empty fields: not given.
struct ManifestRow {
  std::size_t line = 0;  ///< in the file, from 1
  std::filesystem::path path;
  std::string title;  ///< "Artist – Title" where the row names both
  std::string isrc;   ///< twelve capitals and digits
  std::string owner;
  std::optional<registry::PolicyAction> policy;
  ManifestRights rights;
  std::string error;  ///< not empty: what is wrong with the row; it must not be used
};

struct Manifest {
  std::vector<ManifestRow> rows;
  std::vector<std::string> unknown_columns;  ///< that were ignored
};

/// Reads CSV (RFC 4180, UTF-8, header with path,title,artist,isrc,owner,policy,iswc,work,gtin,grid,release,
/// position,shares,public_domain in any order; only path is needed), JSON Lines with those names, or an ERN
/// message (cli/ern.h); relative paths are meant from `folder`. A bad row is an error in its place; kCorrupt:
/// no header, no path column.
[[nodiscard]] Result<Manifest> parse_manifest(std::string_view text, const std::filesystem::path& folder);

/// parse_manifest of a file of at most 64 MB.
[[nodiscard]] Result<Manifest> read_manifest(const std::filesystem::path& path);

/// An ISRC without hyphens in capitals (ISO 3901: country, registrant, year, designation), or nothing.
[[nodiscard]] std::optional<std::string> normal_isrc(std::string_view text);

}  // namespace earmark::cli
