#include "cli/manifest.h"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "cli/ern.h"
#include "core/csv.h"
#include "core/file.h"
#include "core/json.h"

namespace earmark::cli {
namespace {

/// From kIswc on they are about rights, and read by set_field.
enum Column : std::size_t {
  kPath,
  kTitle,
  kArtist,
  kIsrc,
  kOwner,
  kPolicy,
  kIswc,
  kWork,
  kGtin,
  kGrid,
  kRelease,
  kPosition,
  kShares,
  kPublicDomain,
  kColumns
};
constexpr std::array<std::string_view, kColumns> kNames = {
    "path", "title", "artist", "isrc",    "owner",    "policy", "iswc",
    "work", "gtin",  "grid",   "release", "position", "shares", "public_domain"};
using Fields = std::array<std::string, kColumns>;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::optional<std::size_t> column_of(std::string_view name) {
  std::string lower(trimmed(name));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const auto found = std::find(kNames.begin(), kNames.end(), lower);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kNames.begin());
}

ManifestRow make_row(std::size_t line, const Fields& fields, const std::filesystem::path& folder) {
  ManifestRow row;
  row.line = line;
  if (fields[kPath].empty()) {
    row.error = "path is empty";
    return row;
  }
  row.path = folder / fields[kPath];  // an absolute path stands alone
  row.title = fields[kArtist].empty() || fields[kTitle].empty() ? fields[kTitle]
                                                                : fields[kArtist] + " – " + fields[kTitle];
  row.owner = fields[kOwner];
  if (!fields[kIsrc].empty()) {
    const auto isrc = normal_isrc(fields[kIsrc]);
    if (!isrc) row.error = fmt::format("isrc '{}' is not like 'US-S1Z-99-00001'", fields[kIsrc]);
    row.isrc = isrc.value_or("");
  }
  for (std::size_t column = kIswc; column < kColumns; ++column) {
    if (fields[column].empty()) continue;
    const Status set = set_field(row.rights, kNames[column], fields[column]);
    if (!set && row.error.empty()) row.error = set.error().message;
  }
  if (!fields[kPolicy].empty()) {
    const auto policy = registry::parse_policy_action(fields[kPolicy]);
    if (policy) {
      row.policy = *policy;
    } else {
      row.error = policy.error().message;
    }
  }
  return row;
}

Result<Manifest> parse_csv(std::string_view text, const std::filesystem::path& folder) {
  Manifest manifest;
  CsvReader reader(text);
  std::vector<std::string> cells;
  if (const Status header = reader.next(cells); !header)
    return fail(ErrorCode::kCorrupt, "line 1: " + header.error().message);
  std::vector<std::optional<std::size_t>> columns;
  for (const auto& name : cells) {
    columns.push_back(column_of(name));
    if (!columns.back()) manifest.unknown_columns.emplace_back(trimmed(name));
  }
  if (std::find(columns.begin(), columns.end(), std::optional<std::size_t>(kPath)) == columns.end()) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("line 1 must name the columns ({}); it names no 'path'", fmt::join(kNames, ",")));
  }
  while (!reader.at_end()) {
    const std::size_t line = reader.line();
    const Status read = reader.next(cells);
    if (read && cells.size() == 1 && trimmed(cells[0]).empty()) continue;  // an empty line
    Fields fields;
    for (std::size_t c = 0; c < std::min(cells.size(), columns.size()); ++c) {
      if (columns[c]) fields[*columns[c]] = trimmed(cells[c]);
    }
    manifest.rows.push_back(make_row(line, fields, folder));
    if (cells.size() != columns.size()) {
      manifest.rows.back().error =
          fmt::format("{} fields, and the header names {}", cells.size(), columns.size());
    }
    if (!read) manifest.rows.back().error = read.error().message;
  }
  return manifest;
}

/// The fields of one JSON object, or what is wrong with it.
Result<Fields> json_fields(std::string_view line, std::vector<std::string>& unknown) {
  EARMARK_TRY(const Json object, parse_json(line));
  if (!object.is_object()) return fail(ErrorCode::kCorrupt, "not a JSON object");
  Fields fields;
  for (const auto& [name, value] : object.items()) {
    const auto column = column_of(name);
    if (!column) {
      if (std::find(unknown.begin(), unknown.end(), name) == unknown.end()) unknown.push_back(name);
    } else if (value.is_string()) {
      fields[*column] = trimmed(value.get<std::string>());
    } else if (!value.is_null()) {
      return fail(ErrorCode::kCorrupt, fmt::format("'{}' is not text", name));
    }
  }
  return fields;
}

Manifest parse_json_lines(std::string_view text, const std::filesystem::path& folder) {
  Manifest manifest;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    const auto fields = json_fields(line, manifest.unknown_columns);
    if (fields) {
      manifest.rows.push_back(make_row(number, *fields, folder));
    } else {
      manifest.rows.emplace_back();
      manifest.rows.back().line = number;
      manifest.rows.back().error = fields.error().message;
    }
  }
  return manifest;
}

}  // namespace

std::optional<std::string> normal_isrc(std::string_view text) {
  auto isrc = registry::parse_identifier(registry::IdentifierScheme::kIsrc, text);
  return isrc ? std::optional(std::move(isrc->value)) : std::nullopt;
}

Result<Manifest> parse_manifest(std::string_view text, const std::filesystem::path& folder) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (is_ern(text)) return parse_ern(text, folder);
  if (trimmed(text).starts_with('{')) return parse_json_lines(text, folder);
  return parse_csv(text, folder);
}

Result<Manifest> read_manifest(const std::filesystem::path& path) {
  constexpr std::uint64_t kLimit = 64'000'000;
  EARMARK_TRY(const Bytes bytes, read_file(path, kLimit));
  auto manifest = parse_manifest(as_text(bytes), path.parent_path());
  if (!manifest) return fail(manifest.error().with_context(path.string()));
  return manifest;
}

}  // namespace earmark::cli
