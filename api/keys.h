#pragma once
// API keys: who calls, for which party, and what that role may do.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/service_store.h"
#include "core/result.h"
#include "core/time.h"

namespace earmark::api {

enum class Role { kHolder, kCrawler, kPlatform, kCreator, kAdmin };
[[nodiscard]] std::string_view to_string(Role role);  ///< "holder", …
/// kInvalidArgument, with the words that are allowed.
[[nodiscard]] Result<Role> parse_role(std::string_view text);

/// What a route asks for. A role has some of them (keys.cpp holds the table, docs/operations.md explains it).
enum class Scope : std::uint32_t {
  kPublic = 0,
  kMatch = 1U << 0U,
  kReadRecordings = 1U << 1U,
  kWriteRecordings = 1U << 2U,
  kReadFeeds = 1U << 3U,
  kWriteFeeds = 1U << 4U,
  kReadClaims = 1U << 5U,
  kDecideClaims = 1U << 6U,  ///< for the owner of the recording: release, uphold, …
  kAnswerClaims = 1U << 7U,  ///< for the publisher of the episode: dispute, appeal, …
  kWebhooks = 1U << 8U,
  kReadAudit = 1U << 9U,
  kSubmit = 1U << 10U,   ///< to the AcoustID face
  kAccount = 1U << 11U,  ///< what concerns the caller alone: jobs, who am I
};
[[nodiscard]] bool has_scope(Role role, Scope scope);
[[nodiscard]] std::string_view to_string(Scope scope);  ///< "recordings:write", …
[[nodiscard]] std::vector<std::string_view> scopes_of(Role role);

struct ApiKey {
  std::string id;  ///< "key_…"; not secret
  Role role = Role::kPlatform;
  std::int64_t party_key = 0;
  std::string party;
  std::string label;
  Timestamp created_at{};
  std::optional<Timestamp> expires_at;
  std::optional<Timestamp> revoked_at;
  std::string rotated_to;  ///< id of the key that takes its place; empty: none
};

/// A key in the one moment in which its secret is known.
struct NewApiKey {
  ApiKey key;
  std::string secret;  ///< "emk_…": what a client sends
};

/// Synchronised. Secrets are 256 random bits, kept as their SHA-256: there is nothing to guess, so nothing
/// has to be slow.
class Keys {
 public:
  explicit Keys(ServiceStore& store) : store_(&store) {}

  struct Wanted {
    Role role = Role::kPlatform;
    std::string party;  ///< made where it is not there
    std::string label;
    std::optional<std::chrono::hours> life{};  ///< nothing: until it is revoked
  };
  [[nodiscard]] Result<NewApiKey> create(const Wanted& wanted);
  [[nodiscard]] Result<std::vector<ApiKey>> list();
  /// At once. kNotFound; revoking again changes nothing.
  [[nodiscard]] Result<ApiKey> revoke(std::string_view id);
  /// A second key of the same role and party; the first one works for `grace` more. kNotFound; kConflict
  /// where it does not work any more or was rotated already.
  [[nodiscard]] Result<NewApiKey> rotate(std::string_view id, std::chrono::hours grace);
  /// The key that belongs to what a client sent; nothing: unknown, revoked or expired.
  [[nodiscard]] Result<std::optional<ApiKey>> find(std::string_view secret);

 private:
  ServiceStore* store_;
};

}  // namespace earmark::api
