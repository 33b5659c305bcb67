#include "cli/rights_changes.h"

#include <fmt/format.h>

namespace earmark::cli {
namespace {

using registry::Registry;
using registry::Territories;

Json or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }
Json or_null(const std::optional<Timestamp>& time) { return time ? Json(to_rfc3339(*time)) : Json(nullptr); }

const std::string& actor_of(const RightsOptions& options) {
  static const std::string unknown = "command line";
  if (!options.by.empty()) return options.by;
  return options.owner.empty() ? unknown : options.owner;
}

struct Validity {
  Timestamp from{};
  std::optional<Timestamp> to;
};

Result<Validity> validity_of(const RightsOptions& options) {
  Validity validity;
  if (!options.from.empty()) {
    EARMARK_TRY(validity.from, parse_rfc3339(options.from));
  }
  if (!options.until.empty()) {
    EARMARK_TRY(validity.to, parse_rfc3339(options.until));
  }
  return validity;
}

Result<Json> set_shares(Registry& registry, const RightsOptions& options) {
  EARMARK_TRY(const auto validity, validity_of(options));
  std::vector<registry::Share> shares;
  for (const auto& text : options.shares) {
    EARMARK_TRY(auto share, parse_share_option(text));
    share.valid_from = validity.from;
    share.valid_to = validity.to;
    shares.push_back(std::move(share));
  }
  EARMARK_TRY(const auto set, registry.rights().set_shares(options.subject, shares, actor_of(options)));
  Json json = {{"id", options.subject}, {"shares", Json::array()}, {"conflicts", Json::array()}};
  for (const auto& share : set.shares) json["shares"].push_back(encode(share));
  for (const auto& conflict : set.conflicts) json["conflicts"].push_back(encode(conflict));
  return json;
}

Result<Json> add_work(Registry& registry, const RightsOptions& options) {
  auto& rights = registry.rights();
  EARMARK_TRY(const auto work, rights.ensure_work(options.iswc, options.title, actor_of(options)));
  EARMARK_TRY_STATUS(rights.link_work(options.subject, work.id, actor_of(options)));
  return Json{
      {"id", options.subject}, {"work_id", work.id}, {"iswc", or_null(work.iswc)}, {"title", work.title}};
}

Result<Json> add_release(Registry& registry, const RightsOptions& options) {
  registry::Release wanted;
  wanted.gtin = options.gtin;
  wanted.grid = options.grid;
  wanted.title = options.title;
  EARMARK_TRY(const auto release, registry.rights().ensure_release(wanted, actor_of(options)));
  EARMARK_TRY_STATUS(
      registry.rights().add_to_release(release.id, options.subject, options.position, actor_of(options)));
  return Json{{"id", options.subject},         {"release_id", release.id}, {"gtin", or_null(release.gtin)},
              {"grid", or_null(release.grid)}, {"title", release.title},   {"position", options.position}};
}

Result<Json> identify(Registry& registry, const RightsOptions& options) {
  EARMARK_TRY(const auto scheme, registry::parse_identifier_scheme(options.scheme));
  EARMARK_TRY(const auto identifier, registry::parse_identifier(scheme, options.value));
  EARMARK_TRY_STATUS(
      registry.rights().identify({options.subject, scheme, identifier.value}, actor_of(options)));
  return Json{{"party", options.subject},
              {"scheme", options.scheme},
              {"value", identifier.value},
              {"warning", or_null(identifier.warning)}};
}

Result<Json> attach(Registry& registry, const RightsOptions& options) {
  EARMARK_TRY(const auto validity, validity_of(options));
  registry::RightsDocument document;
  EARMARK_TRY(document.kind, registry::parse_document_kind(options.kind));
  EARMARK_TRY(document.territories, Territories::parse(options.territories));
  document.subject = options.subject;
  document.party = options.owner;
  document.reason = options.reason;
  document.uri = options.uri;
  document.sha256 = options.sha256;
  document.valid_from = validity.from;
  document.valid_to = validity.to;
  EARMARK_TRY(const auto attached, registry.terms().attach(document, actor_of(options)));
  return encode(attached);
}

Result<Json> exclude(Registry& registry, const RightsOptions& options) {
  registry::Exclusion exclusion;
  exclusion.start_ms = options.start_ms;
  exclusion.end_ms = options.end_ms;
  EARMARK_TRY(exclusion.scope, registry::parse_exclusion_scope(options.scope));
  exclusion.reason = options.reason;
  EARMARK_TRY(const auto excluded, registry.terms().exclude(options.subject, exclusion, actor_of(options)));
  Json json = encode(excluded);
  json["id"] = options.subject;
  return json;
}

Result<Json> give(Registry& registry, const RightsOptions& options) {
  EARMARK_TRY(const auto validity, validity_of(options));
  registry::Licence licence;
  licence.kind = options.what == RightsOptions::What::kAllow ? registry::Licence::Kind::kAllow
                                                             : registry::Licence::Kind::kLicence;
  licence.party = options.owner;
  licence.licensee = options.licensee;
  licence.recording_id = options.recording_id;
  licence.feed_url = options.feed;
  EARMARK_TRY(licence.territories, Territories::parse(options.territories));
  licence.uses = options.uses;
  licence.reference = options.value;
  licence.valid_from = validity.from;
  licence.valid_to = validity.to;
  EARMARK_TRY(const auto given, registry.terms().give(licence, actor_of(options)));
  return encode(given);
}

Result<Json> end(Registry& registry, const RightsOptions& options) {
  const bool is_document = options.subject.starts_with("doc_");
  EARMARK_TRY_STATUS(is_document ? registry.terms().withdraw_document(options.subject, actor_of(options))
                                 : registry.terms().end_licence(options.subject, actor_of(options)));
  return Json{{"id", options.subject}, {"status", "ended"}};
}

}  // namespace

Json encode(const registry::Share& share) {
  return {{"party", share.party},
          {"share_ppm", share.ppm},
          {"territories", share.territories.text()},
          {"valid_from", to_rfc3339(share.valid_from)},
          {"valid_to", or_null(share.valid_to)}};
}

Json encode(const registry::ShareConflict& conflict) {
  return {{"territory", conflict.territory},
          {"total_ppm", conflict.total},
          {"valid_from", to_rfc3339(conflict.valid_from)},
          {"valid_to", or_null(conflict.valid_to)}};
}

Json encode(const registry::Licence& licence) {
  return {{"licence_id", licence.id},
          {"kind", registry::to_string(licence.kind)},
          {"party", licence.party},
          {"licensee", or_null(licence.licensee)},
          {"recording_id", or_null(licence.recording_id)},
          {"feed", or_null(licence.feed_url)},
          {"territories", licence.territories.text()},
          {"uses", or_null(licence.uses)},
          {"reference", or_null(licence.reference)},
          {"valid_from", to_rfc3339(licence.valid_from)},
          {"valid_to", or_null(licence.valid_to)},
          {"ended_at", or_null(licence.ended_at)}};
}

Json encode(const registry::RightsDocument& document) {
  return {{"document_id", document.id},
          {"kind", registry::to_string(document.kind)},
          {"subject", document.subject},
          {"party", or_null(document.party)},
          {"territories", document.territories.text()},
          {"reason", document.reason},
          {"uri", or_null(document.uri)},
          {"sha256", or_null(document.sha256)},
          {"valid_from", to_rfc3339(document.valid_from)},
          {"valid_to", or_null(document.valid_to)},
          {"withdrawn_at", or_null(document.withdrawn_at)}};
}

Json encode(const registry::Exclusion& exclusion) {
  return {{"exclusion", exclusion.key},
          {"start_ms", exclusion.start_ms},
          {"end_ms", exclusion.end_ms},
          {"scope", registry::to_string(exclusion.scope)},
          {"reason", or_null(exclusion.reason)}};
}

Result<registry::Share> parse_share_option(std::string_view text) {
  const auto at = text.rfind('@');
  const auto what = text.substr(0, at);
  const auto equals = what.rfind('=');
  if (equals == std::string_view::npos || equals == 0) {
    return fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is not like 'PARTY=50%@DE AT'", text));
  }
  registry::Share share;
  share.party = what.substr(0, equals);
  EARMARK_TRY(share.ppm, registry::parse_share(what.substr(equals + 1)));
  if (at != std::string_view::npos) {
    EARMARK_TRY(share.territories, Territories::parse(text.substr(at + 1)));
  }
  return share;
}

Result<Json> change_rights(Registry& registry, const RightsOptions& options) {
  using What = RightsOptions::What;
  switch (options.what) {
    case What::kShares: return set_shares(registry, options);
    case What::kWork: return add_work(registry, options);
    case What::kRelease: return add_release(registry, options);
    case What::kIdentify: return identify(registry, options);
    case What::kDocument: return attach(registry, options);
    case What::kExclude: return exclude(registry, options);
    case What::kLicence:
    case What::kAllow: return give(registry, options);
    case What::kEnd: return end(registry, options);
    case What::kShow:
    case What::kLicences:
    case What::kHistory: break;
  }
  return fail(ErrorCode::kInternal, "nothing to change");
}

}  // namespace earmark::cli
