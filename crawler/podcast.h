#pragma once
// What feeds say beyond RSS: the Podcasting 2.0 namespace, iTunes, RFC 5005, Atom links. Plain values.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace earmark::crawler {

struct Licence {
  std::string name;  ///< SPDX-like slug, or the name of the feed's own licence
  std::string url;
};

struct Person {
  std::string name, role, group, href;
};

struct Transcript {
  std::string url, type, language, rel;
};

/// The same episode in another form.
struct AlternateEnclosure {
  std::vector<std::string> sources;  ///< URIs; those over http are resolved
  std::string type, title;
  std::optional<std::uint64_t> length;   ///< bytes
  std::optional<std::uint64_t> bitrate;  ///< bit/s
  bool is_default = false;
  std::string integrity;  ///< "sri sha384-…", "pgp-signature …"; empty: none
};

struct ValueRecipient {
  std::string name, type, address;
  std::int64_t split = 0;
  bool is_fee = false;
};

/// A stretch of the episode whose value goes to somebody else.
struct ValueTimeSplit {
  std::int64_t start_ms = 0;
  std::int64_t duration_ms = 0;
  std::int64_t remote_start_ms = 0;
  std::int64_t remote_percentage = 100;
  std::string feed_guid, item_guid, medium;  ///< of the remote item; empty: recipients are named here
  std::vector<ValueRecipient> recipients;
};

struct Value {
  std::string type, method;
  std::vector<ValueRecipient> recipients;
  std::vector<ValueTimeSplit> time_splits;
};

/// One <podcast:block>: whether the platform `id` (empty: all) is to stay away.
struct BlockRule {
  std::string id;
  bool is_blocked = false;
};

struct TextNote {
  std::string purpose, text;
};

/// How often the feed says that it has something new.
struct UpdateFrequency {
  std::string rrule;  ///< RFC 5545 recurrence rule; empty: none
  std::string text;   ///< for people
  bool is_complete = false;
};

/// Of the feed as a whole.
struct FeedTags {
  std::string guid;    ///< podcast:guid, the same wherever the feed moves
  std::string medium;  ///< "podcast", "music", …
  std::optional<bool> locked;
  std::string locked_owner;
  std::vector<BlockRule> blocks;
  std::vector<TextNote> texts;
  std::vector<Licence> licences;
  std::vector<Person> persons;
  std::vector<Value> values;
  UpdateFrequency update;
  std::optional<bool> uses_podping;
  std::string language, copyright;
  std::string itunes_author, itunes_type, itunes_owner_email;
  bool itunes_block = false;
  bool itunes_complete = false;
  std::string new_feed_url;  ///< where the feed says that it has moved to
  std::optional<std::int64_t> ttl_minutes;
  std::string self_url;
  std::vector<std::string> hubs;            ///< WebSub
  std::string next_page, previous_archive;  ///< RFC 5005; empty: none
  bool is_archive = false;                  ///< this document does not change any more
};

/// Of one episode.
struct ItemTags {
  std::vector<AlternateEnclosure> alternates;
  std::vector<Transcript> transcripts;
  std::vector<Licence> licences;
  std::vector<Person> persons;
  std::vector<Value> values;
  std::vector<TextNote> texts;
  std::string chapters_url;
  std::string season, episode, episode_type;
  std::optional<std::int64_t> duration_s;  ///< as the feed states it
  bool itunes_block = false;
};

}  // namespace earmark::crawler
