#include "api/keys.h"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "core/hash.h"
#include "registry/ids.h"
#include "registry/parties.h"

namespace earmark::api {
namespace {

using storage::Session;

constexpr std::string_view kSecretPrefix = "emk_";
constexpr std::size_t kIdCharacters = 16;  ///< of a key's public id, after "key_"
constexpr std::size_t kSecretBytes = 32;

constexpr std::string_view kSelect =
    "SELECT k.id, k.role, k.party_key, p.name, k.label, k.created_at, k.expires_at, k.revoked_at, "
    "k.rotated_to,"
    " k.secret_sha256 FROM api_keys k JOIN parties p ON p.key = k.party_key ";

struct StoredKey {
  ApiKey key;
  std::string secret_sha256;
};

constexpr std::pair<Scope, std::string_view> kScopes[] = {
    {Scope::kMatch, "match"},
    {Scope::kReadRecordings, "recordings:read"},
    {Scope::kWriteRecordings, "recordings:write"},
    {Scope::kReadFeeds, "feeds:read"},
    {Scope::kWriteFeeds, "feeds:write"},
    {Scope::kReadClaims, "claims:read"},
    {Scope::kDecideClaims, "claims:decide"},
    {Scope::kAnswerClaims, "claims:answer"},
    {Scope::kWebhooks, "webhooks"},
    {Scope::kReadAudit, "audit:read"},
    {Scope::kSubmit, "acoustid:submit"},
    {Scope::kAccount, "account"},
};

constexpr std::uint32_t bits(std::initializer_list<Scope> scopes) {
  std::uint32_t sum = 0;
  for (const Scope scope : scopes) sum |= static_cast<std::uint32_t>(scope);
  return sum;
}

/// The table of roles.
std::uint32_t scopes_bits(Role role) {
  using enum Scope;
  switch (role) {
    case Role::kHolder:
      return bits({kMatch, kReadRecordings, kWriteRecordings, kReadClaims, kDecideClaims, kWebhooks,
                   kReadAudit, kSubmit, kAccount});
    case Role::kCrawler: return bits({kMatch, kReadFeeds, kWriteFeeds, kAccount});
    case Role::kPlatform: return bits({kMatch, kWebhooks, kReadAudit, kSubmit, kAccount});
    case Role::kCreator:
      return bits(
          {kMatch, kReadFeeds, kWriteFeeds, kReadClaims, kAnswerClaims, kWebhooks, kReadAudit, kAccount});
    case Role::kAdmin: return ~0U;
  }
  return 0;
}

Result<NewApiKey> insert(Session& session, const registry::Party& party, const Keys::Wanted& wanted,
                         Timestamp now) {
  NewApiKey made;
  made.key.id = registry::public_id("key_", sha256(random_bytes(kSecretBytes)), kIdCharacters);
  made.secret =
      fmt::format("{}{}_{}", kSecretPrefix, made.key.id.substr(4), to_base64url(random_bytes(kSecretBytes)));
  made.key.role = wanted.role;
  made.key.party_key = party.key;
  made.key.party = party.name;
  made.key.label = wanted.label;
  made.key.created_at = now;
  if (wanted.life) made.key.expires_at = now + *wanted.life;
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO api_keys (id, secret_sha256, role, party_key, label, created_at, expires_at, rotated_to)"
      " VALUES (:id, :secret, :role, :party, :label, :now, :expires, '')",
      {made.key.id, to_hex(sha256(as_bytes(made.secret))), to_string(wanted.role), party.key, wanted.label,
       now, made.key.expires_at}));
  return made;
}

bool works(const ApiKey& key, Timestamp now) {
  return !key.revoked_at && (!key.expires_at || *key.expires_at > now);
}

void map_columns(storage::Columns& columns, StoredKey& stored) {
  ApiKey& key = stored.key;
  columns(key.id);
  columns.text([&key](const std::string& text) { key.role = parse_role(text).value_or(Role::kPlatform); });
  columns(key.party_key)(key.party)(key.label)(key.created_at)(key.expires_at)(key.revoked_at)(
      key.rotated_to);
  columns(stored.secret_sha256);
}

Result<StoredKey> known_key(Session& session, std::string_view id) {
  EARMARK_TRY(auto known, session.find<StoredKey>(std::string(kSelect) + "WHERE k.id = :id", {id}));
  if (!known) return fail(ErrorCode::kNotFound, fmt::format("{}: no such key", id));
  return std::move(*known);
}

}  // namespace

std::string_view to_string(Role role) {
  switch (role) {
    case Role::kHolder: return "holder";
    case Role::kCrawler: return "crawler";
    case Role::kPlatform: return "platform";
    case Role::kCreator: return "creator";
    case Role::kAdmin: return "admin";
  }
  return "platform";
}

Result<Role> parse_role(std::string_view text) {
  for (const Role role : {Role::kHolder, Role::kCrawler, Role::kPlatform, Role::kCreator, Role::kAdmin}) {
    if (to_string(role) == text) return role;
  }
  return fail(ErrorCode::kInvalidArgument,
              fmt::format("role \"{}\": must be one of holder, crawler, platform, creator, admin", text));
}

bool has_scope(Role role, Scope scope) {
  const auto wanted = static_cast<std::uint32_t>(scope);
  return (scopes_bits(role) & wanted) == wanted;
}

std::string_view to_string(Scope scope) {
  for (const auto& [known, name] : kScopes) {
    if (known == scope) return name;
  }
  return "public";
}

std::vector<std::string_view> scopes_of(Role role) {
  std::vector<std::string_view> names;
  for (const auto& [scope, name] : kScopes) {
    if (has_scope(role, scope)) names.push_back(name);
  }
  return names;
}

Result<NewApiKey> Keys::create(const Wanted& wanted) {
  return store_->database().write([&](Session& session) -> Result<NewApiKey> {
    const Timestamp now = store_->now();
    EARMARK_TRY(const auto party, registry::ensure_party(session, wanted.party, now));
    return insert(session, party, wanted, now);
  });
}

Result<std::vector<ApiKey>> Keys::list() {
  EARMARK_TRY(auto stored, store_->database().read([&](Session& session) {
    return session.query<StoredKey>(std::string(kSelect) + "ORDER BY k.key");
  }));
  std::vector<ApiKey> keys;
  keys.reserve(stored.size());
  for (StoredKey& key : stored) keys.push_back(std::move(key.key));
  return keys;
}

Result<ApiKey> Keys::revoke(std::string_view id) {
  return store_->database().write([&](Session& session) -> Result<ApiKey> {
    EARMARK_TRY(auto known, known_key(session, id));
    if (known.key.revoked_at) return std::move(known.key);
    known.key.revoked_at = store_->now();
    EARMARK_TRY_STATUS(
        session.execute("UPDATE api_keys SET revoked_at = :now WHERE id = :id", {*known.key.revoked_at, id}));
    return std::move(known.key);
  });
}

Result<NewApiKey> Keys::rotate(std::string_view id, std::chrono::hours grace) {
  return store_->database().write([&](Session& session) -> Result<NewApiKey> {
    const Timestamp now = store_->now();
    EARMARK_TRY(const auto known, known_key(session, id));
    if (!works(known.key, now))
      return fail(ErrorCode::kConflict, fmt::format("{} does not work any more", id));
    if (!known.key.rotated_to.empty()) {
      return fail(ErrorCode::kConflict,
                  fmt::format("{} was rotated already: its successor is {}", id, known.key.rotated_to));
    }
    Wanted wanted;
    wanted.role = known.key.role;
    wanted.label = known.key.label;
    registry::Party party;
    party.key = known.key.party_key;
    party.name = known.key.party;
    EARMARK_TRY(auto made, insert(session, party, wanted, now));
    const Timestamp ends = known.key.expires_at ? std::min<Timestamp>(*known.key.expires_at, now + grace)
                                                : Timestamp(now + grace);
    EARMARK_TRY_STATUS(
        session.execute("UPDATE api_keys SET rotated_to = :next, expires_at = :ends WHERE id = :id",
                        {made.key.id, ends, id}));
    return made;
  });
}

Result<std::optional<ApiKey>> Keys::find(std::string_view secret) {
  if (!secret.starts_with(kSecretPrefix)) return std::nullopt;
  const auto id_end = secret.find('_', kSecretPrefix.size());
  if (id_end == std::string_view::npos) return std::nullopt;
  const std::string id =
      "key_" + std::string(secret.substr(kSecretPrefix.size(), id_end - kSecretPrefix.size()));
  EARMARK_TRY(auto known, store_->database().read([&](Session& session) {
    return session.find<StoredKey>(std::string(kSelect) + "WHERE k.id = :id", {id});
  }));
  if (!known || !same_secret(known->secret_sha256, to_hex(sha256(as_bytes(secret))))) return std::nullopt;
  if (!works(known->key, store_->now())) return std::nullopt;
  return std::move(known->key);
}

}  // namespace earmark::api
