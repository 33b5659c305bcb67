#pragma once
// Rights, as plain values.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "registry/identifiers.h"
#include "registry/shares.h"
#include "registry/territories.h"

namespace earmark::registry {

/// A composition.
struct Work {
  std::int64_t key = 0;
  std::string id;    ///< "wrk_…", of its ISWC, or else of its title
  std::string iswc;  ///< canonical; empty: none
  std::string title;
  Timestamp created_at{};
};

/// What recordings are published as.
struct Release {
  std::int64_t key = 0;
  std::string id;    ///< "rel_…", of its GTIN, GRid or else title
  std::string gtin;  ///< canonical; empty: none
  std::string grid;  ///< canonical; empty: none
  std::string title;
  Timestamp created_at{};
};

struct PartyIdentifier {
  std::string party;
  IdentifierScheme scheme = IdentifierScheme::kIpiName;
  std::string value;  ///< canonical
};

/// A piece of paper that says why somebody may, or nobody can, claim.
enum class DocumentKind {
  kPublicDomain,  ///< nobody owns it in these territories
  kLicenceChain,  ///< how the right came to the party
  kOwnership,     ///< the party made it
};
[[nodiscard]] std::string_view to_string(
    DocumentKind kind);  ///< "public_domain", "licence_chain", "ownership"
[[nodiscard]] Result<DocumentKind> parse_document_kind(std::string_view text);

struct RightsDocument {
  std::string id;  ///< "doc_…"
  DocumentKind kind = DocumentKind::kOwnership;
  std::string subject;  ///< "rec_…" or "wrk_…"
  std::string party;    ///< whose right; empty for the public domain
  Territories territories;
  std::string reason;  ///< "author died in 1911", "assignment of 2019-03-01"
  std::string uri;
  std::string sha256;  ///< hex; empty: not known
  Timestamp valid_from{};
  std::optional<Timestamp> valid_to;
  Timestamp created_at{};
  std::optional<Timestamp> withdrawn_at;
};

/// A stretch of a recording that is not this owner's, or not worth a claim: a sample, an advert, applause.
struct Exclusion {
  std::int64_t key = 0;
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  enum class Scope { kClaiming, kMatching } scope = Scope::kClaiming;
  std::string reason;
  Timestamp created_at{};
};
[[nodiscard]] std::string_view to_string(Exclusion::Scope scope);  ///< "claiming", "matching"
[[nodiscard]] Result<Exclusion::Scope> parse_exclusion_scope(std::string_view text);

/// Leave to use: a licence with terms, or an entry of an owner's allow-list.
struct Licence {
  std::string id;  ///< "lic_…"
  enum class Kind { kLicence, kAllow } kind = Kind::kLicence;
  std::string party;         ///< who gave it
  std::string licensee;      ///< who may; for people
  std::string recording_id;  ///< empty: everything of the party
  std::string feed_url;      ///< empty: on any feed
  Territories territories;
  std::string uses;       ///< what for ("background", "theme"); for people
  std::string reference;  ///< number of the contract or invoice
  Timestamp valid_from{};
  std::optional<Timestamp> valid_to;
  Timestamp created_at{};
  std::optional<Timestamp> ended_at;
};
[[nodiscard]] std::string_view to_string(Licence::Kind kind);  ///< "licence", "allow"

/// Shares of one subject with what contradicts itself in them.
struct Ownership {
  std::vector<Share> shares;
  std::vector<ShareConflict> conflicts;
};

/// Something that happened to rights; append-only.
struct RightsEvent {
  std::int64_t sequence = 0;
  Timestamp at{};
  std::string actor;
  std::string subject;  ///< public id, or the name of a party
  std::string kind;     ///< "shares_set", "licence_given", …
  std::string detail;   ///< one JSON object
};

}  // namespace earmark::registry
