#pragma once
// What a manifest says of a recording's rights, and how it gets into the registry.
#include <string>
#include <string_view>
#include <vector>

#include "registry/registry.h"

namespace earmark::cli {

/// Checked when it is read: every identifier is canonical. Empty fields: not given.
struct ManifestRights {
  std::string iswc;
  std::string work;  ///< title of the work
  std::string gtin;
  std::string grid;
  std::string release;  ///< title of the release
  std::int64_t position = 1;
  std::vector<registry::Share> shares;
  std::string public_domain;  ///< why nobody owns it
  registry::Territories public_domain_in;

  [[nodiscard]] bool is_empty() const;
};

/// "PARTY=50%@DE AT; PARTY=50%": shares between semicolons.
[[nodiscard]] Result<std::vector<registry::Share>> parse_share_list(std::string_view text);

/// Sets one field by its column: iswc, work, gtin, grid, release, position, shares, public_domain (a reason,
/// with "@DE AT" where it holds). kInvalidArgument says what is wrong.
[[nodiscard]] Status set_field(ManifestRights& rights, std::string_view column, const std::string& value);

/// Writes what the row says of the recording; what contradicts itself comes back as findings.
[[nodiscard]] Result<std::vector<registry::RegistrationFinding>> apply_rights(registry::Registry& registry,
                                                                              const std::string& recording_id,
                                                                              const ManifestRights& rights,
                                                                              std::string_view actor);
/// What contradicts itself in it, without a registry.
[[nodiscard]] std::vector<registry::RegistrationFinding> contradictions_in(const ManifestRights& rights);

}  // namespace earmark::cli
