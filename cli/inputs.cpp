#include "cli/inputs.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "core/error.h"

namespace earmark::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 66> kExtensions = {
    ".3g2", ".3gp", ".aac", ".ac3",  ".adts", ".aif",  ".aifc", ".aiff", ".amr",  ".ape", ".asf",
    ".au",  ".avi", ".awb", ".caf",  ".dff",  ".dsf",  ".dts",  ".eac3", ".emfp", ".f4a", ".flac",
    ".flv", ".gsm", ".iff", ".m2ts", ".m4a",  ".m4b",  ".m4r",  ".m4v",  ".mka",  ".mkv", ".mov",
    ".mp1", ".mp2", ".mp3", ".mp4",  ".mpa",  ".mpc",  ".mpeg", ".mpg",  ".mpga", ".oga", ".ogg",
    ".ogv", ".ogx", ".oma", ".opus", ".ra",   ".rf64", ".rm",   ".shn",  ".snd",  ".spx", ".tak",
    ".ts",  ".tta", ".vob", ".voc",  ".w64",  ".wav",  ".wave", ".webm", ".wma",  ".wmv", ".wv"};
static_assert(std::is_sorted(kExtensions.begin(), kExtensions.end()));

bool is_hidden(const fs::path& path) { return path.filename().native().starts_with('.'); }

Error folder_error(const fs::path& folder, std::error_code code) {
  return error_from_errno(code.value(), "read folder " + folder.string());
}

/// Adds what `folder` holds; `under` is where it lies below the folder that was named.
void walk(const fs::path& folder, const fs::path& under, Inputs& inputs) {
  std::vector<fs::directory_entry> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    entries.push_back(*it);
  if (error) {
    inputs.files.push_back({folder, under, folder_error(folder, error)});
    return;
  }
  std::sort(entries.begin(), entries.end(), [](const fs::directory_entry& a, const fs::directory_entry& b) {
    return a.path().filename().native() < b.path().filename().native();
  });
  for (const auto& entry : entries) {
    std::error_code ignored;
    if (is_hidden(entry.path())) continue;
    if (entry.is_directory(ignored)) {
      if (!entry.is_symlink(ignored)) walk(entry.path(), under / entry.path().filename(), inputs);
    } else if (entry.is_regular_file(ignored) && has_audio_name(entry.path())) {
      inputs.files.push_back({entry.path(), under});
    } else {
      ++inputs.skipped;
    }
  }
}

}  // namespace

bool has_audio_name(const fs::path& path) {
  std::string extension = path.extension().native();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::binary_search(kExtensions.begin(), kExtensions.end(), extension);
}

Inputs collect_inputs(std::span<const std::string> paths) {
  Inputs inputs;
  for (const std::string& text : paths) {
    const fs::path path(text);
    std::error_code error;
    const auto status = fs::status(path, error);
    if (fs::is_directory(status)) {
      walk(path, {}, inputs);
    } else if (!fs::exists(status)) {
      const int reason = error ? error.value() : ENOENT;
      inputs.files.push_back({path, {}, error_from_errno(reason, "open " + text)});
    } else {
      inputs.files.push_back({path, {}});
    }
  }
  return inputs;
}

void note_skipped(const Inputs& inputs, Console& console) {
  if (inputs.skipped == 0) return;
  console.note(LogLevel::kInfo,
               fmt::format("left out {} whose name is not one of audio",
                           inputs.skipped == 1 ? "1 file" : fmt::format("{} files", inputs.skipped)));
}

}  // namespace earmark::cli
