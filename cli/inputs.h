#pragma once
#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/console.h"
#include "core/error.h"

namespace earmark::cli {

/// A file that the user meant.
struct Input {
  std::filesystem::path path;
  std::filesystem::path
      under;  ///< its folder below the folder that was named; empty when the file itself was
  std::optional<Error>
      error{};  ///< the path cannot be used at all (a folder that cannot be read, nothing there)
};

struct Inputs {
  std::vector<Input> files;  ///< in the order given; of a folder in the order of names, byte by byte
  std::size_t skipped = 0;   ///< files of folders whose name is not one of audio
};

/// Files are taken as they are. Folders are walked: files whose name ends as audio's or .emfp does; hidden
/// ones and links to folders are left out.
[[nodiscard]] Inputs collect_inputs(std::span<const std::string> paths);

/// Says on standard error how many files were left out, where some were.
void note_skipped(const Inputs& inputs, Console& console);

/// Whether the name ends as audio, a container that may hold it, or .emfp does.
[[nodiscard]] bool has_audio_name(const std::filesystem::path& path);

}  // namespace earmark::cli
