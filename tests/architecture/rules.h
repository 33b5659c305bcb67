#pragma once
// The architecture of the repository as data, and a reader that checks files against it. docs/architecture.md
// explains it.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace earmark::test {

/// One breach: "path:line: what is wrong".
using Breaches = std::vector<std::string>;

/// A file of the repository: its path from the root, with '/', and its content.
struct SourceFile {
  std::string path;
  std::string text;
};

/// All text files under `root`, ordered by path; build output, caches and what version control keeps are left
/// out.
[[nodiscard]] std::vector<SourceFile> read_repository(const std::filesystem::path& root);

/// #include lines: own headers against the layer table, vendor headers against their one home, unknown ones
/// refused.
[[nodiscard]] Breaches check_includes(const SourceFile& file);

/// Header <= 200 lines, source <= 400, function <= 100 (of C++ files).
[[nodiscard]] Breaches check_sizes(const SourceFile& file);

/// Words that say "not finished", in any file.
[[nodiscard]] Breaches check_words(const SourceFile& file);

/// Modules that exist as folders and have no README.md, or that the table does not know.
[[nodiscard]] Breaches check_modules(const std::vector<SourceFile>& files);

/// The text with comments, string and character literals blanked, line breaks kept.
[[nodiscard]] std::string without_comments_and_literals(std::string_view text);

}  // namespace earmark::test
