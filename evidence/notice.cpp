#include "evidence/notice.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/file.h"
#include "evidence/explain_text.h"
#include "evidence/templates.h"

namespace earmark::evidence {
namespace {

constexpr std::uint64_t kMostTemplateBytes = 1 << 20;
constexpr std::array kKinds = {
    std::pair{NoticeKind::kDmcaNotice, std::string_view("dmca")},
    std::pair{NoticeKind::kCounterNotice, std::string_view("counter")},
    std::pair{NoticeKind::kDsaNotice, std::string_view("dsa-notice")},
    std::pair{NoticeKind::kDsaStatement, std::string_view("dsa-statement")},
};
constexpr std::array kLanguages = {
    std::pair{Language::kEnglish, std::string_view("en")},
    std::pair{Language::kChinese, std::string_view("zh")},
};

template <class Names, class Value>
std::string_view name_of(const Names& names, Value value) {
  for (const auto& [known, name] : names) {
    if (known == value) return name;
  }
  return "";
}

std::string stretch(std::int64_t from_ms, std::int64_t to_ms) {
  return clock_time(static_cast<double>(from_ms)) + " – " + clock_time(static_cast<double>(to_ms));
}

}  // namespace

Result<NoticeKind> parse_notice_kind(std::string_view text) {
  for (const auto& [kind, name] : kKinds) {
    if (name == text) return kind;
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}' is no notice: dmca, counter, dsa-notice, dsa-statement", text));
}

Result<Language> parse_language(std::string_view text) {
  for (const auto& [language, name] : kLanguages) {
    if (name == text) return language;
  }
  return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is no language of the templates: en, zh", text));
}

Fields fields_of(const registry::Claim& claim, Timestamp now) {
  constexpr std::size_t kDateLength = 10;
  const registry::NewSighting& use = claim.use;
  return {{"claim_id", claim.id},
          {"claim_status", std::string(registry::to_string(claim.status))},
          {"date", to_rfc3339(now).substr(0, kDateLength)},
          {"claim_date", to_rfc3339(claim.created_at).substr(0, kDateLength)},
          {"answer_until", to_rfc3339(claim.deadline_at).substr(0, kDateLength)},
          {"work_title", claim.title},
          {"owner", claim.owner},
          {"recording_id", claim.recording_id},
          {"recording_time", stretch(use.reference_start_ms, use.reference_end_ms)},
          {"feed", claim.feed},
          {"guid", claim.guid},
          {"episode_title", claim.episode_title.empty() ? claim.guid : claim.episode_title},
          {"url", claim.enclosure_url},
          {"episode_time", stretch(use.query_start_ms, use.query_end_ms)},
          {"probability", fmt::format("{:.4f}", use.probability)},
          {"action", std::string(registry::to_string(claim.action))},
          {"rule", fmt::format("{} v{}", claim.rule_id, claim.rule_version)}};
}

std::string filled(std::string_view text, const Fields& fields) {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find("{{");
    const auto close = open == std::string_view::npos ? open : text.find("}}", open);
    if (close == std::string_view::npos) break;
    const std::string_view name = text.substr(open + 2, close - open - 2);
    out += text.substr(0, open);
    const auto field = fields.find(name);
    out += field != fields.end() ? field->second : fmt::format("[{}: ______________]", name);
    text.remove_prefix(close + 2);
  }
  return out += text;
}

std::string template_file(NoticeKind kind, Language language) {
  return fmt::format("{}.{}.txt", name_of(kKinds, kind), name_of(kLanguages, language));
}

std::string_view builtin_template(NoticeKind kind, Language language) {
  const bool english = language == Language::kEnglish;
  switch (kind) {
    case NoticeKind::kDmcaNotice: return english ? kDmcaNoticeEn : kDmcaNoticeZh;
    case NoticeKind::kCounterNotice: return english ? kCounterNoticeEn : kCounterNoticeZh;
    case NoticeKind::kDsaNotice: return english ? kDsaNoticeEn : kDsaNoticeZh;
    case NoticeKind::kDsaStatement: return english ? kDsaStatementEn : kDsaStatementZh;
  }
  return "";
}

Result<std::string> load_template(const std::filesystem::path& folder, NoticeKind kind, Language language) {
  const auto bytes = read_file(folder / template_file(kind, language), kMostTemplateBytes);
  if (bytes) return std::string(as_text(*bytes));
  if (bytes.error().code != ErrorCode::kNotFound) return fail(bytes.error());
  return std::string(builtin_template(kind, language));
}

Result<std::vector<std::string>> write_templates(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(ErrorCode::kIo, fmt::format("{}: {}", folder.string(), error.message()));
  std::vector<std::string> written;
  for (const auto& [kind, kind_name] : kKinds) {
    for (const auto& [language, language_name] : kLanguages) {
      const auto path = folder / template_file(kind, language);
      if (std::filesystem::exists(path, error)) continue;
      EARMARK_TRY_STATUS(write_file_atomically(path, as_bytes(builtin_template(kind, language))));
      written.push_back(path.string());
    }
  }
  return written;
}

}  // namespace earmark::evidence
