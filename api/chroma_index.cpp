// Candidates share exact terms (the 28 higher bits of an item) of the stretch that AcoustID indexes too; they
// are compared bit by bit at every offset up to ten seconds. Source: acoustid-server and acoustid-index,
// whose constants these are where nothing else is said.
#include "api/chroma_index.h"

#include <algorithm>
#include <bit>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "core/bytes.h"
#include "core/hash.h"

namespace earmark::api {
namespace {

using storage::Session;
using Track = std::shared_ptr<const ChromaTrack>;

constexpr unsigned kTermShift = 4;          ///< lower bits that a term leaves out
constexpr std::size_t kIndexFirst = 80;     ///< first item that is indexed, where there are enough
constexpr std::size_t kIndexItems = 120;    ///< how many are
constexpr std::ptrdiff_t kMostOffset = 80;  ///< items, about ten seconds
constexpr std::size_t kMostCandidates = 30;
constexpr std::size_t kMostHits = 10;
constexpr double kLeastScore = 0.5;
constexpr double kSameTrack = 0.75;  ///< from here on a submission is of that track
constexpr std::size_t kMostTail = 20'000;
constexpr std::int64_t kMsPerSecond = 1000;

std::vector<std::uint32_t> terms_of(std::span<const std::uint32_t> items) {
  const std::size_t first = items.size() >= kIndexFirst + kIndexItems / 2 ? kIndexFirst : 0;
  std::unordered_set<std::uint32_t> unique;
  for (std::size_t i = first; i < items.size() && unique.size() < kIndexItems; ++i)
    unique.insert(items[i] >> kTermShift);
  return {unique.begin(), unique.end()};
}

std::vector<std::uint32_t> items_from(const Bytes& bytes) {
  ByteReader reader(bytes);
  return reader.get_array<std::uint32_t>(bytes.size() / sizeof(std::uint32_t))
      .value_or(std::vector<std::uint32_t>());
}

/// Mean number of different bits where the two overlap, every `stride`th item; 32 where they do not.
double bit_errors(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b, std::ptrdiff_t offset,
                  std::size_t stride) {
  const auto a_first = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, -offset));
  const auto b_first = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, offset));
  if (a_first >= a.size() || b_first >= b.size()) return 32.0;
  const std::size_t overlap = std::min(a.size() - a_first, b.size() - b_first);
  int errors = 0;
  std::size_t compared = 0;
  for (std::size_t i = 0; i < overlap; i += stride, ++compared)
    errors += std::popcount(a[a_first + i] ^ b[b_first + i]);
  return static_cast<double>(errors) / static_cast<double>(compared);
}

struct RecordingRow {
  std::int64_t key = 0;
  std::string id;
  std::string title;
  std::int64_t duration_ms = 0;
  Bytes items;
};
void map_columns(storage::Columns& columns, RecordingRow& row) {
  columns(row.key)(row.id)(row.title)(row.duration_ms)(row.items);
}

struct SubmissionRow {
  std::int64_t key = 0;
  std::string track_id;
  std::int64_t duration_s = 0;
  Bytes items;
  std::string mbid;
  std::string metadata;
};
void map_columns(storage::Columns& columns, SubmissionRow& row) {
  columns(row.key)(row.track_id)(row.duration_s)(row.items)(row.mbid)(row.metadata);
}

std::string text_of(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Track track_from(const RecordingRow& row) {
  auto track = std::make_shared<ChromaTrack>();
  track->track_id = uuid_of("track", row.id);
  track->mbid = uuid_of("recording", row.id);
  track->recording_id = row.id;
  track->title = row.title;
  track->duration_ms = row.duration_ms;
  track->items = items_from(row.items);
  return track;
}

Track track_from(const SubmissionRow& row) {
  const auto metadata = parse_json(row.metadata);
  const Json known = metadata ? *metadata : Json::object();
  auto track = std::make_shared<ChromaTrack>();
  track->track_id = row.track_id;
  track->mbid = row.mbid.empty() ? uuid_of("recording", row.track_id) : row.mbid;
  track->title = text_of(known, "track");
  track->artist = text_of(known, "artist");
  track->album = text_of(known, "album");
  track->duration_ms = row.duration_s * kMsPerSecond;
  track->items = items_from(row.items);
  return track;
}

}  // namespace

std::string uuid_of(std::string_view kind, std::string_view name) {
  const auto hex = to_hex(sha256(as_bytes(fmt::format("earmark {} {}", kind, name))));
  return fmt::format("{}-{}-8{}-b{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(13, 3),
                     hex.substr(17, 3), hex.substr(20, 12));
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (is_dash ? text[i] != '-' : std::isxdigit(static_cast<unsigned char>(text[i])) == 0) return false;
  }
  return true;
}

double chroma_likeness(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  if (a.empty() || b.empty()) return 0.0;
  constexpr std::size_t kCoarse = 4;
  std::ptrdiff_t best_offset = 0;
  double best = 33.0;
  for (std::ptrdiff_t offset = -kMostOffset; offset <= kMostOffset; ++offset) {
    const double errors = bit_errors(a, b, offset, kCoarse);
    if (errors < best) {
      best = errors;
      best_offset = offset;
    }
  }
  const auto shorter = std::min(a.size(), b.size());
  const auto missing = std::min<std::size_t>(static_cast<std::size_t>(std::abs(best_offset)), shorter);
  const double common = static_cast<double>(shorter - missing) / static_cast<double>(shorter);
  // Chance agrees in half of the 32 bits.
  return std::clamp(common * (1.0 - bit_errors(a, b, best_offset, 1) / 16.0), 0.0, 1.0);
}

void ChromaIndex::add(std::int64_t slot, Track track) {
  for (const std::uint32_t term : terms_of(track->items)) tail_.push_back({term, slot});
  tracks_[slot] = std::move(track);
  if (tail_.size() > kMostTail) merge_tail();
}

void ChromaIndex::remove(std::int64_t slot) { tracks_.erase(slot); }

void ChromaIndex::merge_tail() {
  std::erase_if(postings_, [&](const Posting& posting) { return !tracks_.contains(posting.slot); });
  const auto middle = static_cast<std::ptrdiff_t>(postings_.size());
  std::sort(tail_.begin(), tail_.end());
  postings_.insert(postings_.end(), tail_.begin(), tail_.end());
  std::inplace_merge(postings_.begin(), postings_.begin() + middle, postings_.end());
  tail_.clear();
}

Status ChromaIndex::load_recordings(std::int64_t revision) {
  // What changed since then, once each; the state that it is in now counts.
  EARMARK_TRY(const auto changed, store_->database().read([&](Session& session) {
    return session.query<std::int64_t>(
        "SELECT DISTINCT recording_key FROM catalogue_changes WHERE revision > :after", {revision_});
  }));
  const bool is_first = revision_ < 0;
  for (const std::int64_t key : changed) {
    if (!is_first) remove(key);
    EARMARK_TRY(const auto row, store_->database().read([&](Session& session) {
      return session.find<RecordingRow>(
          "SELECT r.key, r.id, r.title, r.duration_ms, c.items FROM recordings r"
          " JOIN chromaprints c ON c.recording_key = r.key"
          " WHERE r.status = 'registered' AND r.key = :key",
          {key});
    }));
    if (row) add(row->key, track_from(*row));
  }
  revision_ = revision;
  return {};
}

Status ChromaIndex::load_submissions() {
  EARMARK_TRY(const auto rows, store_->database().read([&](Session& session) {
    return session.query<SubmissionRow>(
        "SELECT key, track_id, duration_s, items, mbid, metadata"
        " FROM acoustid_submissions WHERE key > :after ORDER BY key",
        {last_submission_});
  }));
  for (const SubmissionRow& row : rows) {
    add(-row.key, track_from(row));
    last_submission_ = row.key;
  }
  return {};
}

Status ChromaIndex::catch_up() {
  using State = std::tuple<std::int64_t, std::int64_t>;
  EARMARK_TRY(const auto now, store_->database().read([](Session& session) {
    return session.get<State>(
        "SELECT (SELECT revision FROM store WHERE id = 1),"
        " (SELECT coalesce(max(key), 0) FROM acoustid_submissions)");
  }));
  {
    const std::shared_lock lock(mutex_);
    if (std::get<0>(now) == revision_ && std::get<1>(now) == last_submission_) return {};
  }
  const std::unique_lock lock(mutex_);
  if (std::get<0>(now) != revision_) EARMARK_TRY_STATUS(load_recordings(std::get<0>(now)));
  if (std::get<1>(now) != last_submission_) EARMARK_TRY_STATUS(load_submissions());
  merge_tail();
  return {};
}

Result<std::vector<ChromaHit>> ChromaIndex::find(std::span<const std::uint32_t> items,
                                                 std::int64_t duration_s, std::int64_t most_seconds_off) {
  EARMARK_TRY_STATUS(catch_up());
  const std::shared_lock lock(mutex_);
  std::unordered_map<std::int64_t, int> votes;
  std::unordered_set<std::uint32_t> seen;
  for (const std::uint32_t item : items) {
    const Posting wanted{item >> kTermShift, 0};
    if (!seen.insert(wanted.term).second) continue;
    const auto [first, last] = std::equal_range(postings_.begin(), postings_.end(), wanted);
    for (auto at = first; at != last; ++at) ++votes[at->slot];
  }
  std::vector<std::pair<int, std::int64_t>> candidates;
  for (const auto& [slot, count] : votes) {
    const auto track = tracks_.find(slot);
    if (track == tracks_.end()) continue;
    const std::int64_t off = std::abs(track->second->duration_ms - duration_s * kMsPerSecond);
    if (off <= (most_seconds_off + 1) * kMsPerSecond) candidates.emplace_back(-count, slot);
  }
  std::sort(candidates.begin(), candidates.end());
  if (candidates.size() > kMostCandidates) candidates.resize(kMostCandidates);
  std::vector<ChromaHit> hits;
  for (const auto& candidate : candidates) {
    const Track& track = tracks_.at(candidate.second);
    const double score = chroma_likeness(items, track->items);
    if (score >= kLeastScore) hits.push_back({track, score});
  }
  std::stable_sort(hits.begin(), hits.end(),
                   [](const ChromaHit& a, const ChromaHit& b) { return a.score > b.score; });
  if (hits.size() > kMostHits) hits.resize(kMostHits);
  return hits;
}

Result<Track> ChromaIndex::find_track(std::string_view track_id) {
  EARMARK_TRY_STATUS(catch_up());
  const std::shared_lock lock(mutex_);
  for (const auto& [slot, track] : tracks_) {
    if (track->track_id == track_id) return track;
  }
  return Track();
}

Result<Track> ChromaIndex::find_recording(std::string_view mbid) {
  EARMARK_TRY_STATUS(catch_up());
  const std::shared_lock lock(mutex_);
  for (const auto& [slot, track] : tracks_) {
    if (track->mbid == mbid) return track;
  }
  return Track();
}

Result<std::int64_t> ChromaIndex::submit(const ChromaSubmission& submission) {
  constexpr std::int64_t kUsualOff = 7;
  EARMARK_TRY(const auto hits, find(submission.items, submission.duration_s, kUsualOff));
  ByteWriter bytes;
  bytes.put_array(std::span<const std::uint32_t>(submission.items));
  const bool is_known = !hits.empty() && hits.front().score >= kSameTrack;
  const std::string track =
      is_known ? hits.front().track->track_id : uuid_of("submission", to_hex(sha256(bytes.view())));
  return store_->database().write([&](Session& session) {
    return session.get<std::int64_t>(
        "INSERT INTO acoustid_submissions (party_key, track_id, duration_s, items, mbid, metadata, "
        "created_at)"
        " VALUES (:party, :track, :duration, :items, :mbid, :metadata, :now) RETURNING key",
        {submission.party_key, track, submission.duration_s, bytes.view(), submission.mbid,
         to_line(submission.metadata), store_->now()});
  });
}

Result<std::optional<std::string>> ChromaIndex::track_of(std::int64_t submission) {
  return store_->database().read([&](Session& session) {
    return session.find<std::string>("SELECT track_id FROM acoustid_submissions WHERE key = :key",
                                     {submission});
  });
}

}  // namespace earmark::api
