// The derived index file (docs/index-format.md): "EMIX", format, model version, the caller's tag, recordings,
// postings, vectors, SHA-256 of all before.
#include <algorithm>

#include <fmt/format.h>

#include "core/file.h"
#include "core/hash.h"
#include "fingerprint/model.h"
#include "index/engine.h"
#include "index/store.h"

namespace earmark::index {
namespace {

constexpr std::string_view kMagic = "EMIX";
constexpr std::uint32_t kFormat = 1;
constexpr std::uint64_t kLargestFile = 1ULL << 38;
constexpr std::uint32_t kLongestTag = 4096;

void put_recordings(ByteWriter& out, const Engine::State& state) {
  out.put(state.timeline.end());
  out.put(static_cast<std::uint32_t>(state.slots.size()));
  for (const Timeline::Span& span : state.timeline.spans()) {
    const Recording& recording = state.recordings[span.slot];
    out.put(recording.key);
    out.put(recording.samples);
    out.put(span.first);
    out.put(span.frames);
    recording.peaks.save(out);
  }
}

Result<Recording> get_recording(ByteReader& in, std::uint32_t slot) {
  Recording recording;
  EARMARK_TRY(recording.key, in.get<RecordingKey>());
  EARMARK_TRY(recording.samples, in.get<std::uint64_t>());
  EARMARK_TRY(recording.span.first, in.get<std::uint32_t>());
  EARMARK_TRY(recording.span.frames, in.get<std::uint32_t>());
  recording.span.slot = slot;
  EARMARK_TRY(recording.peaks, ReferencePeaks::load(in));
  return recording;
}

Status get_recordings(ByteReader& in, Engine::State& state) {
  EARMARK_TRY(const auto end, in.get<std::uint32_t>());
  EARMARK_TRY(const auto count, in.get<std::uint32_t>());
  std::vector<Timeline::Span> spans;
  for (std::uint32_t slot = 0; slot < count; ++slot) {
    EARMARK_TRY(auto recording, get_recording(in, slot));
    if (recording.key <= 0 || (!spans.empty() && recording.span.first <= spans.back().first)) {
      return fail(ErrorCode::kCorrupt, "index: recordings out of order");
    }
    spans.push_back(recording.span);
    state.slots[recording.key] = slot;
    state.recordings.push_back(std::move(recording));
  }
  state.timeline.restore(std::move(spans), end);
  return {};
}

Status check_file(std::span<const std::byte> bytes) {
  if (bytes.size() < kMagic.size() + sizeof(Sha256) || as_text(bytes.first(kMagic.size())) != kMagic) {
    return fail(ErrorCode::kCorrupt, "index: not an index file");
  }
  const Sha256 digest = sha256(bytes.first(bytes.size() - sizeof(Sha256)));
  if (!std::equal(digest.begin(), digest.end(), bytes.last(sizeof(Sha256)).begin())) {
    return fail(ErrorCode::kCorrupt, "index: checksum differs");
  }
  return {};
}

}  // namespace

Status Engine::save(const std::filesystem::path& path, const std::string& tag) {
  State& s = *state_;
  s.postings.seal([&](std::uint32_t place) { return s.timeline.find(place) == nullptr; });
  s.dead_frames = 0;
  ByteWriter out;
  out.put_bytes(as_bytes(kMagic));
  out.put(kFormat);
  out.put(fingerprint::builtin_model().version);
  out.put(static_cast<std::uint32_t>(tag.size()));
  out.put_bytes(as_bytes(tag));
  put_recordings(out, s);
  s.postings.save(out);
  s.vectors.save(out);
  out.put_bytes(sha256(out.view()));
  return write_file_atomically(path, out.view());
}

Result<Engine> Engine::load(const std::filesystem::path& path, std::string& tag) {
  EARMARK_TRY(const auto bytes, read_file(path, kLargestFile));
  EARMARK_TRY_STATUS(check_file(bytes));
  ByteReader in(
      std::span<const std::byte>(bytes).first(bytes.size() - sizeof(Sha256)).subspan(kMagic.size()));
  EARMARK_TRY(const auto format, in.get<std::uint32_t>());
  EARMARK_TRY(const auto model, in.get<std::uint32_t>());
  if (format != kFormat || model != fingerprint::builtin_model().version) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("index: format {} with model {}, this program makes others", format, model));
  }
  EARMARK_TRY(const auto tag_size, in.get<std::uint32_t>());
  if (tag_size > kLongestTag) return fail(ErrorCode::kCorrupt, "index: tag too long");
  EARMARK_TRY(const auto tag_bytes, in.get_bytes(tag_size));
  tag = as_text(tag_bytes);
  Engine engine;
  EARMARK_TRY_STATUS(get_recordings(in, *engine.state_));
  EARMARK_TRY(engine.state_->postings, Postings::load(in));
  EARMARK_TRY(engine.state_->vectors, VectorIndex::load(in));
  return engine;
}

}  // namespace earmark::index
