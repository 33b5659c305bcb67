#include "cli/manifest_rights.h"

#include <charconv>

#include <fmt/format.h>

#include "cli/rights_changes.h"

namespace earmark::cli {
namespace {

using registry::IdentifierScheme;
using registry::RegistrationFinding;

Status set_code(std::string& field, IdentifierScheme scheme, const std::string& value) {
  EARMARK_TRY(auto identifier, registry::parse_identifier(scheme, value));
  field = std::move(identifier.value);
  return {};
}

Status set_public_domain(ManifestRights& rights, const std::string& value) {
  const auto at = value.rfind('@');
  rights.public_domain = value.substr(0, at);
  if (rights.public_domain.empty()) return fail(ErrorCode::kInvalidArgument, "public_domain gives no reason");
  if (at == std::string::npos) return {};
  EARMARK_TRY(rights.public_domain_in, registry::Territories::parse(std::string_view(value).substr(at + 1)));
  return {};
}

std::vector<RegistrationFinding> findings_of(const std::vector<registry::ShareConflict>& conflicts) {
  std::vector<RegistrationFinding> findings;
  for (const auto& conflict : conflicts) {
    RegistrationFinding finding;
    finding.code = "conflicting_shares";
    finding.detail = fmt::format(
        "{} in {}: claims there wait for a person", registry::show_share(conflict.total),
        conflict.territory == registry::kElsewhere ? "the rest of the world" : conflict.territory);
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace

bool ManifestRights::is_empty() const {
  return iswc.empty() && work.empty() && gtin.empty() && grid.empty() && release.empty() && shares.empty() &&
         public_domain.empty();
}

Result<std::vector<registry::Share>> parse_share_list(std::string_view text) {
  std::vector<registry::Share> shares;
  while (!text.empty()) {
    auto part = text.substr(0, text.find(';'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (part.empty()) continue;
    EARMARK_TRY(auto share, parse_share_option(part));
    shares.push_back(std::move(share));
  }
  return shares;
}

Status set_field(ManifestRights& rights, std::string_view column, const std::string& value) {
  if (column == "iswc") return set_code(rights.iswc, IdentifierScheme::kIswc, value);
  if (column == "gtin") return set_code(rights.gtin, IdentifierScheme::kGtin, value);
  if (column == "grid") return set_code(rights.grid, IdentifierScheme::kGrid, value);
  if (column == "public_domain") return set_public_domain(rights, value);
  if (column == "work") {
    rights.work = value;
  } else if (column == "release") {
    rights.release = value;
  } else if (column == "position") {
    const auto* const end = value.data() + value.size();
    const auto [rest, error] = std::from_chars(value.data(), end, rights.position);
    if (error != std::errc{} || rest != end || rights.position < 1)
      return fail(ErrorCode::kInvalidArgument, fmt::format("position '{}' is no number from 1 on", value));
  } else {
    EARMARK_TRY(rights.shares, parse_share_list(value));
  }
  return {};
}

std::vector<RegistrationFinding> contradictions_in(const ManifestRights& rights) {
  return findings_of(registry::conflicts_of(rights.shares));
}

Result<std::vector<RegistrationFinding>> apply_rights(registry::Registry& registry,
                                                      const std::string& recording_id,
                                                      const ManifestRights& given, std::string_view actor) {
  std::vector<RegistrationFinding> findings;
  auto& rights = registry.rights();
  if (!given.iswc.empty() || !given.work.empty()) {
    EARMARK_TRY(const auto work, rights.ensure_work(given.iswc, given.work, actor));
    EARMARK_TRY_STATUS(rights.link_work(recording_id, work.id, actor));
  }
  if (!given.gtin.empty() || !given.grid.empty() || !given.release.empty()) {
    registry::Release wanted;
    wanted.gtin = given.gtin;
    wanted.grid = given.grid;
    wanted.title = given.release;
    EARMARK_TRY(const auto release, rights.ensure_release(wanted, actor));
    EARMARK_TRY_STATUS(rights.add_to_release(release.id, recording_id, given.position, actor));
  }
  if (!given.shares.empty()) {
    EARMARK_TRY(const auto ownership, rights.set_shares(recording_id, given.shares, actor));
    findings = findings_of(ownership.conflicts);
  }
  if (!given.public_domain.empty()) {
    registry::RightsDocument document;
    document.kind = registry::DocumentKind::kPublicDomain;
    document.subject = recording_id;
    document.reason = given.public_domain;
    document.territories = given.public_domain_in;
    EARMARK_TRY_STATUS(registry.terms().attach(document, actor));
  }
  return findings;
}

}  // namespace earmark::cli
