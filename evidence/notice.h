#pragma once
// Drafts of notices and statements from templates (docs/evidence.md). A draft is no legal advice: a person
// reads, completes and signs it.
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "registry/registry.h"

namespace earmark::evidence {

enum class NoticeKind {
  kDmcaNotice,     ///< 17 U.S.C. § 512(c)(3)(A): six elements
  kCounterNotice,  ///< 17 U.S.C. § 512(g)(3)
  kDsaNotice,      ///< Regulation (EU) 2022/2065, Art. 16(2)
  kDsaStatement,   ///< Art. 17(3): statement of reasons
};
/// "dmca", "counter", "dsa-notice", "dsa-statement". kInvalidArgument.
[[nodiscard]] Result<NoticeKind> parse_notice_kind(std::string_view text);

enum class Language { kEnglish, kChinese };
[[nodiscard]] Result<Language> parse_language(std::string_view text);  ///< "en", "zh"

/// Names of fields and their values.
using Fields = std::map<std::string, std::string, std::less<>>;

/// What the registry knows for a notice: see docs/evidence.md for the names.
[[nodiscard]] Fields fields_of(const registry::Claim& claim, Timestamp now);

/// The template with "{{name}}" replaced. A field that nobody gave becomes a blank to be filled in: "[name:
/// ______]".
[[nodiscard]] std::string filled(std::string_view text, const Fields& fields);

/// "dmca.en.txt": what the template's file is called in a folder of templates.
[[nodiscard]] std::string template_file(NoticeKind kind, Language language);
[[nodiscard]] std::string_view builtin_template(NoticeKind kind, Language language);
/// The template from the folder, where it has one; else the built-in one. kIo.
[[nodiscard]] Result<std::string> load_template(const std::filesystem::path& folder, NoticeKind kind,
                                                Language language);
/// Writes the built-in templates that the folder does not have yet; the names of those written. kIo.
[[nodiscard]] Result<std::vector<std::string>> write_templates(const std::filesystem::path& folder);

}  // namespace earmark::evidence
