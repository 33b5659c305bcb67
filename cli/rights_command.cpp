#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/rights_changes.h"
#include "core/text.h"

namespace earmark::cli {
namespace {

using registry::Registry;

/// One result: an object, for people with a line a member.
void print(const Json& json, Console& console) {
  if (console.is_json()) return console.result(json);
  for (const auto& [name, value] : json.items()) {
    if (value.is_null() || (value.is_array() && value.empty())) continue;
    if (!value.is_array()) {
      console.line(fmt::format("{:<12} {}", name,
                               printable(value.is_string() ? value.get<std::string>() : to_line(value))));
      continue;
    }
    console.line(name);
    for (const auto& item : value) console.line("  " + printable(to_line(item)));
  }
}

template <class T>
Json list_of(const std::vector<T>& items) {
  Json list = Json::array();
  for (const T& item : items) list.push_back(encode(item));
  return list;
}

Result<Json> works_of(Registry& registry, const std::string& id) {
  Json list = Json::array();
  EARMARK_TRY(const auto works, registry.rights().works_of(id));
  for (const auto& work : works) {
    EARMARK_TRY(const auto ownership, registry.rights().ownership(work.id));
    list.push_back({{"work_id", work.id},
                    {"iswc", registry::shown(registry::IdentifierScheme::kIswc, work.iswc)},
                    {"title", work.title},
                    {"shares", list_of(ownership.shares)},
                    {"conflicts", list_of(ownership.conflicts)}});
  }
  return list;
}

Status show(Registry& registry, const std::string& id, Console& console) {
  EARMARK_TRY(const auto ownership, registry.rights().ownership(id));
  Json json = {{"id", id}};
  EARMARK_TRY(const auto recording, registry.recordings().find(id));
  if (recording) {
    json["title"] = recording->title;
    json["owner"] = recording->owner;
    json["isrc"] = registry::shown(registry::IdentifierScheme::kIsrc, recording->isrc);
    json["status"] = registry::to_string(recording->status);
    json["rule_id"] = recording->rule_id;
  }
  json["shares"] = list_of(ownership.shares);
  json["conflicts"] = list_of(ownership.conflicts);
  EARMARK_TRY(const auto documents, registry.terms().documents(id));
  json["documents"] = list_of(documents);
  if (recording) {
    EARMARK_TRY(json["works"], works_of(registry, id));
    EARMARK_TRY(const auto exclusions, registry.terms().exclusions(id));
    json["exclusions"] = list_of(exclusions);
  } else {
    EARMARK_TRY(json["recordings"], registry.rights().recordings_of(id));
  }
  print(json, console);
  return {};
}

Status show_licences(Registry& registry, const std::string& owner, Console& console) {
  EARMARK_TRY(const auto licences, registry.terms().licences(owner));
  for (const auto& licence : licences) print(encode(licence), console);
  return {};
}

Status show_history(Registry& registry, const std::string& subject, Console& console) {
  EARMARK_TRY(const auto events, registry.rights().history(subject));
  for (const auto& event : events) {
    const auto detail = parse_json(event.detail);
    if (console.is_json()) {
      console.result({{"at", to_rfc3339(event.at)},
                      {"actor", event.actor},
                      {"subject", event.subject},
                      {"kind", event.kind},
                      {"detail", detail ? *detail : Json(event.detail)}});
    } else {
      console.line(fmt::format("{}  {:<20} {}  {}  {}", to_rfc3339(event.at), event.kind,
                               printable(event.subject), printable(event.actor), printable(event.detail)));
    }
  }
  return {};
}

}  // namespace

Exit run(const Common& common, const RightsOptions& options, Console& console) {
  using What = RightsOptions::What;
  const auto registry = open_registry(common);
  if (!registry) return failed(console, registry.error());
  Status done;
  if (options.what == What::kShow) {
    done = show(**registry, options.subject, console);
  } else if (options.what == What::kLicences) {
    done = show_licences(**registry, options.owner, console);
  } else if (options.what == What::kHistory) {
    done = show_history(**registry, options.subject, console);
  } else {
    const auto changed = change_rights(**registry, options);
    if (changed) {
      print(*changed, console);
    } else {
      done = fail(changed.error());
    }
  }
  return done ? Exit::kDone : failed(console, done.error());
}

}  // namespace earmark::cli
