#pragma once
#include <cstddef>
#include <memory>

#include "catalogue/catalogue.h"
#include "cli/commands.h"

namespace earmark::cli {

/// The store of this command, made on first use. `decode_workers`: how many inputs will be analysed at a
/// time.
using Access = catalogue::Catalogue::Options::Access;
[[nodiscard]] Result<std::unique_ptr<catalogue::Catalogue>> open_catalogue(
    const Common& common, std::size_t decode_workers, Access access = Access::kReadWrite);

/// As open_catalogue, without index and decoders.
[[nodiscard]] Result<std::unique_ptr<registry::Registry>> open_registry(const Common& common);

/// Says on standard error why the command cannot do its work, and returns Exit::kFailed.
[[nodiscard]] Exit failed(Console& console, const Error& error);

}  // namespace earmark::cli
