#include "api/audit.h"
#include "api/chroma_index.h"
#include "api/feed_control.h"
#include "api/jobs.h"
#include "api/keys.h"
#include "api/replies.h"
#include "api/webhooks.h"
#include "core/hash.h"
#include "tests/api/write_paths.h"

namespace earmark::api {
namespace {

Result<std::string> write_key(Stores& stores, const std::string& unique) {
  Keys keys(*stores.service);
  EARMARK_TRY(const auto made, keys.create({Role::kHolder, "Party-" + unique, unique, std::nullopt}));
  EARMARK_TRY(const auto rotated, keys.rotate(made.key.id, std::chrono::hours(1)));
  EARMARK_TRY_STATUS(keys.revoke(made.key.id));
  return rotated.secret;
}

bool opens(Stores& stores, const std::string& secret) {
  const auto found = Keys(*stores.service).find(secret);
  return found && *found;
}

Result<Caller> operator_of(Stores& stores) {
  EARMARK_TRY(const auto party, stores.service->party_key("default"));
  return Caller{"", Role::kAdmin, party, "default"};
}

Result<std::string> write_control(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto caller, operator_of(stores));
  const auto url = "https://example.org/proved/" + unique;
  EARMARK_TRY(const auto feed, stores.registry->feeds().add(url));
  EARMARK_TRY_STATUS(link_feed(*stores.service, feed.feed.key, caller.party_key, false));
  EARMARK_TRY_STATUS(mark_verified(*stores.service, feed.feed.key, caller.party_key));
  return url;
}

bool has_control(Stores& stores, const std::string& url) {
  const auto caller = operator_of(stores);
  const auto feed = stores.registry->feeds().find(url);
  if (!caller || !feed || !*feed) return false;
  const auto link = find_link(*stores.service, (*feed)->key, caller->party_key);
  return link && *link && (*link)->verified_at;
}

Result<std::string> write_job(Stores& stores, const std::string&) {
  EARMARK_TRY(const auto caller, operator_of(stores));
  Jobs jobs(*stores.service, stores.registry->store() / "spool" / "jobs",
            [](const Job&) -> Result<Json> { return Json::object(); });
  EARMARK_TRY(const auto job, jobs.add(caller.party_key, "match", {{"source", "x"}}, ""));
  return job.id;
}

bool has_job(Stores& stores, const std::string& id) {
  const auto caller = operator_of(stores);
  Jobs jobs(*stores.service, stores.registry->store() / "spool" / "jobs",
            [](const Job&) -> Result<Json> { return Json::object(); });
  const auto job = caller ? jobs.find(*caller, id) : Result<std::optional<Job>>(std::nullopt);
  return job && *job && (*job)->state == "queued";
}

Result<std::string> write_reply(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto caller, operator_of(stores));
  Replies replies(*stores.service);
  EARMARK_TRY_STATUS(replies.begin(caller.party_key, unique, sha256(as_bytes(unique))));
  EARMARK_TRY_STATUS(replies.finish(caller.party_key, unique, sha256(as_bytes(unique)),
                                    {201, "application/json", "{}", {}}));
  Audit audit(*stores.service);
  EARMARK_TRY_STATUS(audit.append(caller, {0, {}, "", "", "", "test", unique, 201, ""}));
  return unique;
}

bool has_reply(Stores& stores, const std::string& unique) {
  const auto caller = operator_of(stores);
  if (!caller) return false;
  Replies replies(*stores.service);
  const auto begun = replies.begin(caller->party_key, unique, sha256(as_bytes(unique)));
  return begun && begun->kind == Replies::Begun::Kind::kReplayed && begun->answer.status == 201;
}

Result<std::string> write_webhook(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto caller, operator_of(stores));
  Webhooks webhooks(*stores.service);
  EARMARK_TRY(const auto hook, webhooks.create(caller, "https://example.org/" + unique, "*"));
  EARMARK_TRY_STATUS(webhooks.send_test(hook));
  EARMARK_TRY_STATUS(webhooks.collect());
  auto changed = hook;
  changed.state = "disabled";
  EARMARK_TRY_STATUS(webhooks.update(changed));
  return hook.id;
}

bool has_webhook(Stores& stores, const std::string& id) {
  const auto caller = operator_of(stores);
  if (!caller) return false;
  Webhooks webhooks(*stores.service);
  const auto hook = webhooks.find(*caller, id);
  if (!hook || !*hook || (*hook)->state != "disabled") return false;
  const auto messages = webhooks.messages(**hook, {});
  return messages && !messages->empty() && messages->at(0).type == "webhook.test";
}

Result<std::string> write_submission(Stores& stores, const std::string& unique) {
  EARMARK_TRY(const auto caller, operator_of(stores));
  std::vector<std::uint32_t> items(200);
  for (std::size_t i = 0; i < items.size(); ++i)
    items[i] = static_cast<std::uint32_t>(std::hash<std::string>()(unique + std::to_string(i)));
  ChromaIndex index(*stores.service);
  EARMARK_TRY(const auto id, index.submit({caller.party_key, 60, items, "", {{"track", unique}}}));
  return std::to_string(id);
}

bool has_submission(Stores& stores, const std::string& id) {
  return ChromaIndex(*stores.service).track_of(std::stoll(id)).has_value();
}

}  // namespace

std::vector<WritePath> service_paths() {
  return {{"key", write_key, opens},
          {"control", write_control, has_control},
          {"job", write_job, has_job},
          {"reply", write_reply, has_reply},
          {"webhook", write_webhook, has_webhook},
          {"submission", write_submission, has_submission}};
}

}  // namespace earmark::api
