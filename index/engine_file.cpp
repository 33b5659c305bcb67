// The derived files of an index (docs/index-format.md): segments, and the list of them: "EMIX", format, model
// version, the caller's tag, the segments with what was removed from each, SHA-256 of all before.
#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include "core/file.h"
#include "core/file_lock.h"
#include "core/hash.h"
#include "fingerprint/model.h"
#include "index/segment_set.h"

namespace earmark::index {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "EMIX";
constexpr std::uint32_t kFormat = 2;
constexpr std::uint64_t kLargestList = 1ULL << 30;
constexpr std::uint32_t kLongestTag = 4096;
constexpr std::string_view kSegmentSuffix = ".segment";
constexpr int kLoadAttempts = 5;
/// A segment is written anew without its removed recordings when they are this part of it.
constexpr std::uint32_t kDeadPart = 4;

fs::path segment_path(const fs::path& list, std::uint64_t digest) {
  return list.parent_path() / fmt::format("{:016x}{}", digest, kSegmentSuffix);
}

struct ListedSegment {
  std::uint64_t digest = 0;
  std::vector<std::uint32_t> dead;
};

struct SavedList {
  std::string tag;
  std::vector<ListedSegment> segments;
};

Bytes encode_list(const Engine::State& state) {
  ByteWriter out;
  out.put_bytes(as_bytes(kMagic));
  out.put(kFormat);
  out.put(fingerprint::builtin_model().version);
  out.put(static_cast<std::uint32_t>(state.tag.size()));
  out.put_bytes(as_bytes(state.tag));
  out.put(static_cast<std::uint32_t>(state.segments.size()));
  for (const LiveSegment& live : state.segments) {
    out.put(live.segment->fingerprint());
    out.put(live.dead_count);
    const auto flags = live.dead_flags();
    for (std::uint32_t i = 0; i < flags.size(); ++i) {
      if (flags[i] != 0) out.put(i);
    }
  }
  out.put_bytes(sha256(out.view()));
  return std::move(out).take();
}

Result<ByteReader> open_list(std::span<const std::byte> bytes) {
  if (bytes.size() < kMagic.size() + sizeof(Sha256) || as_text(bytes.first(kMagic.size())) != kMagic) {
    return fail(ErrorCode::kCorrupt, "index: not an index file");
  }
  const auto body = bytes.first(bytes.size() - sizeof(Sha256));
  const Sha256 digest = sha256(body);
  if (!std::equal(digest.begin(), digest.end(), bytes.last(sizeof(Sha256)).begin())) {
    return fail(ErrorCode::kCorrupt, "index: checksum differs");
  }
  ByteReader in(body.subspan(kMagic.size()));
  EARMARK_TRY(const auto format, in.get<std::uint32_t>());
  EARMARK_TRY(const auto model, in.get<std::uint32_t>());
  if (format != kFormat || model != fingerprint::builtin_model().version) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("index: format {} with model {}, this program makes others", format, model));
  }
  return in;
}

Result<SavedList> read_list(const fs::path& path) {
  EARMARK_TRY(const auto bytes, read_file(path, kLargestList));
  EARMARK_TRY(ByteReader in, open_list(bytes));
  SavedList list;
  EARMARK_TRY(const auto tag_size, in.get<std::uint32_t>());
  if (tag_size > kLongestTag) return fail(ErrorCode::kCorrupt, "index: tag too long");
  EARMARK_TRY(const auto tag_bytes, in.get_bytes(tag_size));
  list.tag = as_text(tag_bytes);
  EARMARK_TRY(const auto count, in.get<std::uint32_t>());
  for (std::uint32_t i = 0; i < count; ++i) {
    ListedSegment segment;
    EARMARK_TRY(segment.digest, in.get<std::uint64_t>());
    EARMARK_TRY(const auto dead, in.get<std::uint32_t>());
    EARMARK_TRY(segment.dead, in.get_array<std::uint32_t>(dead));
    list.segments.push_back(std::move(segment));
  }
  return list;
}

Result<LiveSegment> open_segment(const fs::path& path, const ListedSegment& listed) {
  EARMARK_TRY(auto segment, Segment::open(path));
  if (segment->fingerprint() != listed.digest) {
    return fail(ErrorCode::kCorrupt, path.string() + " is another segment than its name says");
  }
  LiveSegment live{.segment = std::move(segment), .dead = nullptr, .stored = true};
  if (listed.dead.empty()) return live;
  std::vector<char> dead(live.segment->recordings().size(), 0);
  for (const std::uint32_t i : listed.dead) {
    if (i >= dead.size())
      return fail(ErrorCode::kCorrupt, "index: a recording was removed that never was there");
    dead[i] = 1;
  }
  live.dead_count = static_cast<std::uint32_t>(listed.dead.size());
  live.dead = std::make_shared<const std::vector<char>>(std::move(dead));
  return live;
}

/// Writes a segment and opens what was written: its memory can go. Where it is there already it need not be
/// written.
Result<std::shared_ptr<const Segment>> store(const Segment& segment, const fs::path& list) {
  const fs::path path = segment_path(list, segment.fingerprint());
  std::error_code error;
  if (fs::file_size(path, error) != segment.bytes() || error) EARMARK_TRY_STATUS(segment.write(path));
  return Segment::open(path);
}

/// What a save merges: the segments [first, all) become one.
std::size_t merge_from(std::span<const LiveSegment> segments, std::uint64_t merge_bytes) {
  std::size_t first = segments.size();
  std::uint64_t total = 0;
  for (; first > 0 && !segments[first - 1].stored; --first) total += segments[first - 1].segment->bytes();
  for (; first > 0 && first < segments.size(); --first) {
    const std::uint64_t before = segments[first - 1].segment->bytes();
    if (before > 2 * total || total + before > merge_bytes) break;
    total += before;
  }
  return first;
}

void remove_unlisted(const fs::path& list, const Engine::State& state) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(list.parent_path(), error)) {
    if (entry.path().extension() != kSegmentSuffix) continue;
    const bool listed =
        std::any_of(state.segments.begin(), state.segments.end(), [&](const LiveSegment& live) {
          return entry.path() == segment_path(list, live.segment->fingerprint());
        });
    if (!listed) fs::remove(entry.path(), error);
  }
}

Status fail_if_damaged(std::span<const LiveSegment> segments) {
  if (std::any_of(segments.begin(), segments.end(),
                  [](const auto& live) { return live.segment->is_damaged(); }))
    return fail(ErrorCode::kCorrupt, "index: a segment is damaged");
  return {};
}

}  // namespace

Status Engine::save(const fs::path& path, std::uint64_t merge_bytes) {
  Core& core = *core_;
  const std::lock_guard saving(core.saving);
  EARMARK_TRY(const auto lock, FileLock::try_take(path.parent_path() / "lock"));
  std::shared_ptr<const State> state;
  {
    const std::lock_guard writing(core.writing);
    state = core.current.get();
    core.frozen = state->segments.size();
  }
  const Status saved = core.save(path, *state, merge_bytes);
  const std::lock_guard writing(core.writing);
  core.frozen = 0;
  return saved;
}

Status Engine::Core::save(const fs::path& path, const State& state, std::uint64_t merge_bytes) {
  std::vector<LiveSegment> listed = state.segments;
  const auto put = [&](std::size_t first, std::size_t last) -> Status {
    const auto parts = std::span(listed).subspan(first, last - first);
    const bool as_it_is = parts.size() == 1 && parts[0].dead_count == 0;
    const auto whole = as_it_is ? parts[0].segment : merged(parts);
    EARMARK_TRY_STATUS(fail_if_damaged(parts));
    EARMARK_TRY(const auto stored, store(*whole, path));
    replace(first, last, stored);
    listed[first] = {.segment = stored, .dead = nullptr, .stored = true};
    listed.erase(listed.begin() + static_cast<std::ptrdiff_t>(first) + 1,
                 listed.begin() + static_cast<std::ptrdiff_t>(last));
    return {};
  };
  const std::size_t first = merge_from(listed, std::min(merge_bytes, kMostSegmentBytes));
  if (first < listed.size()) EARMARK_TRY_STATUS(put(first, listed.size()));
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const bool is_thin = listed[i].dead_count * kDeadPart > listed[i].segment->recordings().size();
    if (is_thin && listed[i].segment->bytes() <= merge_bytes) EARMARK_TRY_STATUS(put(i, i + 1));
  }
  EARMARK_TRY_STATUS(fail_if_damaged(listed));
  // Another process may have listed other segments since, and deleted these.
  for (const LiveSegment& live : listed)
    EARMARK_TRY_STATUS(store(*live.segment, path).map([](const auto&) {}));
  const State saved(std::move(listed), state.tag);
  EARMARK_TRY_STATUS(write_file_atomically(path, encode_list(saved)));
  remove_unlisted(path, saved);
  return {};
}

Result<Engine> Engine::load(const fs::path& path) {
  // Whoever saves deletes segments that the list before had: then there is another list by now.
  Error missing;
  for (int attempt = 0; attempt < kLoadAttempts; ++attempt) {
    EARMARK_TRY(const SavedList list, read_list(path));
    std::vector<LiveSegment> segments;
    for (const ListedSegment& listed : list.segments) {
      auto segment = open_segment(segment_path(path, listed.digest), listed);
      if (!segment && segment.error().code != ErrorCode::kNotFound) return fail(segment.error());
      if (!segment) {
        missing = segment.error();
        break;
      }
      segments.push_back(std::move(*segment));
    }
    if (segments.size() < list.segments.size()) continue;
    Engine engine;
    engine.core_ = std::make_unique<Core>(std::move(segments), list.tag);
    return engine;
  }
  return fail(ErrorCode::kCorrupt, missing.message);
}

void Engine::remove_files(const fs::path& path) {
  std::error_code error;
  const auto lock = FileLock::try_take(path.parent_path() / "lock");
  fs::remove(path, error);
  remove_unlisted(path, State({}, {}));
}

Result<std::string> Engine::saved_tag(const fs::path& path) {
  EARMARK_TRY(auto list, read_list(path));
  return std::move(list.tag);
}

}  // namespace earmark::index
