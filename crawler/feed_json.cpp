#include "crawler/feed_json.h"

namespace earmark::crawler {
namespace {

void put(Json& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

template <class T>
void put(Json& object, const char* name, const std::optional<T>& value) {
  if (value) object[name] = *value;
}

Json encode(const std::string& text);
Json encode(const Licence& licence);
Json encode(const Person& person);
Json encode(const Transcript& transcript);
Json encode(const AlternateEnclosure& alternate);
Json encode(const ValueRecipient& recipient);
Json encode(const ValueTimeSplit& split);
Json encode(const Value& value);
Json encode(const TextNote& note);
Json encode(const BlockRule& rule);

template <class T>
void put_all(Json& object, const char* name, const std::vector<T>& values) {
  if (values.empty()) return;
  Json list = Json::array();
  for (const T& value : values) list.push_back(encode(value));
  object[name] = std::move(list);
}

Json encode(const std::string& text) { return text; }

Json encode(const Licence& licence) {
  Json json = Json::object();
  put(json, "name", licence.name);
  put(json, "url", licence.url);
  return json;
}

Json encode(const Person& person) {
  Json json{{"name", person.name}};
  put(json, "role", person.role);
  put(json, "group", person.group);
  put(json, "href", person.href);
  return json;
}

Json encode(const Transcript& transcript) {
  Json json{{"url", transcript.url}, {"type", transcript.type}};
  put(json, "language", transcript.language);
  put(json, "rel", transcript.rel);
  return json;
}

Json encode(const AlternateEnclosure& alternate) {
  Json json{{"type", alternate.type}, {"sources", alternate.sources}, {"default", alternate.is_default}};
  put(json, "title", alternate.title);
  put(json, "length", alternate.length);
  put(json, "bitrate", alternate.bitrate);
  put(json, "integrity", alternate.integrity);
  return json;
}

Json encode(const ValueRecipient& recipient) {
  Json json{{"name", recipient.name},
            {"type", recipient.type},
            {"address", recipient.address},
            {"split", recipient.split}};
  if (recipient.is_fee) json["fee"] = true;
  return json;
}

Json encode(const ValueTimeSplit& split) {
  Json json{{"start_ms", split.start_ms},
            {"duration_ms", split.duration_ms},
            {"remote_start_ms", split.remote_start_ms},
            {"remote_percentage", split.remote_percentage}};
  put(json, "feed_guid", split.feed_guid);
  put(json, "item_guid", split.item_guid);
  put(json, "medium", split.medium);
  put_all(json, "recipients", split.recipients);
  return json;
}

Json encode(const Value& value) {
  Json json{{"type", value.type}, {"method", value.method}};
  put_all(json, "recipients", value.recipients);
  put_all(json, "time_splits", value.time_splits);
  return json;
}

Json encode(const TextNote& note) {
  Json json = Json::object();
  put(json, "purpose", note.purpose);
  json["text"] = note.text;
  return json;
}

Json encode(const BlockRule& rule) {
  return {{"id", rule.id.empty() ? Json(nullptr) : Json(rule.id)}, {"blocked", rule.is_blocked}};
}

/// A time as text, or null.
Json encode(const std::optional<Timestamp>& time) { return time ? Json(to_rfc3339(*time)) : Json(nullptr); }

}  // namespace

Json to_json(const FeedTags& tags) {
  Json json = Json::object();
  put(json, "podcast_guid", tags.guid);
  put(json, "medium", tags.medium);
  put(json, "locked", tags.locked);
  put(json, "locked_owner", tags.locked_owner);
  put_all(json, "block", tags.blocks);
  put_all(json, "txt", tags.texts);
  put_all(json, "license", tags.licences);
  put_all(json, "person", tags.persons);
  put_all(json, "value", tags.values);
  put(json, "update_rrule", tags.update.rrule);
  put(json, "update_text", tags.update.text);
  if (tags.update.is_complete || tags.itunes_complete) json["complete"] = true;
  put(json, "uses_podping", tags.uses_podping);
  put(json, "language", tags.language);
  put(json, "copyright", tags.copyright);
  put(json, "author", tags.itunes_author);
  put(json, "type", tags.itunes_type);
  put(json, "owner_email", tags.itunes_owner_email);
  if (tags.itunes_block) json["itunes_block"] = true;
  put(json, "new_feed_url", tags.new_feed_url);
  put(json, "ttl_minutes", tags.ttl_minutes);
  put(json, "self", tags.self_url);
  put_all(json, "hubs", tags.hubs);
  put(json, "next_page", tags.next_page);
  put(json, "previous_archive", tags.previous_archive);
  return json;
}

Json to_json(const ItemTags& tags) {
  Json json = Json::object();
  put_all(json, "alternates", tags.alternates);
  put_all(json, "transcripts", tags.transcripts);
  put_all(json, "license", tags.licences);
  put_all(json, "person", tags.persons);
  put_all(json, "value", tags.values);
  put_all(json, "txt", tags.texts);
  put(json, "chapters", tags.chapters_url);
  put(json, "season", tags.season);
  put(json, "episode", tags.episode);
  put(json, "episode_type", tags.episode_type);
  put(json, "duration_s", tags.duration_s);
  if (tags.itunes_block) json["itunes_block"] = true;
  return json;
}

Json to_json(const FeedItem& item) {
  Json json{{"guid", item.guid}, {"title", item.title}, {"published", encode(item.published)}};
  json["enclosure"] = item.enclosure.url;
  put(json, "type", item.enclosure.type);
  put(json, "length", item.enclosure.length);
  const Json tags = to_json(item.tags);
  for (const auto& [name, value] : tags.items()) json[name] = value;
  return json;
}

Json to_json(const LiveItem& live) {
  Json json{{"status", live.status}, {"start", encode(live.starts)}, {"end", encode(live.ends)}};
  const Json item = to_json(live.item);
  for (const auto& [name, value] : item.items()) json[name] = value;
  return json;
}

}  // namespace earmark::crawler
