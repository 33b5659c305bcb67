#pragma once
// Archives of a few small files, without compression: ZIP (PKWARE APPNOTE 6.3) and TAR (POSIX ustar). The
// same parts give the same bytes.
#include <span>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"

namespace earmark::evidence {

struct Part {
  std::string name;        ///< of the file in the archive; plain ASCII without folders
  std::string media_type;  ///< not kept by archives
  Bytes bytes;
};

[[nodiscard]] Bytes to_zip(std::span<const Part> parts);
[[nodiscard]] Bytes to_tar(std::span<const Part> parts);

/// The parts of a ZIP or TAR, told apart by their first bytes. Only what is stored without compression and
/// directly at the top can be read. kUnsupported, kCorrupt.
[[nodiscard]] Result<std::vector<Part>> read_archive(std::span<const std::byte> bytes);

}  // namespace earmark::evidence
