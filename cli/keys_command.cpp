#include <fmt/format.h>

#include "api/encode.h"
#include "api/keys.h"
#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/text.h"
#include "registry/parties.h"

namespace earmark::cli {
namespace {

Json encode(const api::ApiKey& key) {
  const auto time_or_null = [](const std::optional<Timestamp>& time) {
    return time ? Json(to_rfc3339(*time)) : Json(nullptr);
  };
  return {{"key_id", key.id},
          {"role", api::to_string(key.role)},
          {"party", key.party},
          {"label", api::text_or_null(key.label)},
          {"created_at", to_rfc3339(key.created_at)},
          {"expires_at", time_or_null(key.expires_at)},
          {"revoked_at", time_or_null(key.revoked_at)},
          {"rotated_to", api::text_or_null(key.rotated_to)},
          {"scopes", api::scopes_of(key.role)}};
}

Exit show_new(const Result<api::NewApiKey>& made, Console& console) {
  if (!made) return failed(console, made.error());
  if (console.is_json()) {
    Json json = encode(made->key);
    json["key"] = made->secret;
    console.result(json);
    return Exit::kDone;
  }
  console.line(made->secret);
  console.note(LogLevel::kInfo,
               fmt::format("{}: {} for {}; this is the only time that the key is shown", made->key.id,
                           api::to_string(made->key.role), printable(made->key.party)));
  return Exit::kDone;
}

std::string_view state_of(const api::ApiKey& key) {
  if (key.revoked_at) return "revoked";
  if (key.expires_at && *key.expires_at <= system_clock().now()) return "expired";
  return key.rotated_to.empty() ? "works" : "works, rotated";
}

}  // namespace

Exit run(const Common& common, const KeysCreateOptions& options, Console& console) {
  auto store = api::ServiceStore::open(common.store);
  if (!store) return failed(console, store.error());
  const auto role = api::parse_role(options.role);
  if (!role) return failed(console, role.error());
  api::Keys::Wanted wanted;
  wanted.role = *role;
  wanted.party = options.party.empty() ? std::string(registry::kDefaultParty) : options.party;
  wanted.label = options.label;
  if (options.days > 0) wanted.life = std::chrono::days(options.days);
  return show_new(api::Keys(**store).create(wanted), console);
}

Exit run(const Common& common, const KeysListOptions&, Console& console) {
  auto store = api::ServiceStore::open(common.store);
  if (!store) return failed(console, store.error());
  const auto keys = api::Keys(**store).list();
  if (!keys) return failed(console, keys.error());
  using Align = Table::Align;
  Table table({Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft});
  table.add({"key", "role", "party", "state", "label"});
  for (const auto& key : *keys) {
    if (console.is_json()) {
      console.result(encode(key));
    } else {
      table.add({key.id, std::string(api::to_string(key.role)), printable(key.party),
                 std::string(state_of(key)), printable(key.label)});
    }
  }
  if (!console.is_json() && !keys->empty()) {
    for (const auto& line : table.lines("")) console.line(line);
  }
  return Exit::kDone;
}

Exit run(const Common& common, const KeysRevokeOptions& options, Console& console) {
  auto store = api::ServiceStore::open(common.store);
  if (!store) return failed(console, store.error());
  const auto key = api::Keys(**store).revoke(options.id);
  if (!key) return failed(console, key.error());
  if (console.is_json()) {
    console.result(encode(*key));
  } else {
    console.line("revoked " + key->id);
  }
  return Exit::kDone;
}

Exit run(const Common& common, const KeysRotateOptions& options, Console& console) {
  auto store = api::ServiceStore::open(common.store);
  if (!store) return failed(console, store.error());
  return show_new(api::Keys(**store).rotate(options.id, std::chrono::hours(options.grace_hours)), console);
}

}  // namespace earmark::cli
