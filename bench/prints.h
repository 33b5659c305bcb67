#pragma once
// Fingerprint files for the programs of bench/ and tools/.
#include <string>
#include <vector>

#include "core/result.h"
#include "fingerprint/types.h"

namespace earmark::bench {

/// The lines of a text file, cut at tabs; empty lines are left out. Errors name the file.
[[nodiscard]] Result<std::vector<std::vector<std::string>>> read_table(const std::string& path);

/// A fingerprint file (docs/emfp-format.md).
[[nodiscard]] Result<fingerprint::Fingerprint> read_print(const std::string& path);

/// The fingerprint files named in the first column of a table.
[[nodiscard]] Result<std::vector<fingerprint::Fingerprint>> read_prints(const std::string& table);

}  // namespace earmark::bench
