#include "evidence/keep.h"

#include <algorithm>

#include "core/hash.h"
#include "evidence/explain_json.h"

namespace earmark::evidence {
namespace {

using catalogue::ClipRange;
using catalogue::ExplainedUse;
using registry::KeptEvidence;

ClipRange about_middle(std::uint32_t start_ms, std::uint32_t end_ms) {
  const std::uint32_t middle = start_ms + (end_ms - std::min(start_ms, end_ms)) / 2;
  const std::uint32_t from = middle > kClipMs / 2 ? middle - kClipMs / 2 : 0;
  return {from, from + kClipMs};
}

KeptEvidence clip(std::string_view kind, const ClipRange& range, const Result<std::vector<Bytes>>& files,
                  std::size_t i) {
  KeptEvidence kept;
  kept.kind = kind;
  kept.start_ms = range.start_ms;
  kept.end_ms = range.end_ms;
  if (!files) {
    kept.note = files.error().message;
  } else if ((*files)[i].empty()) {
    kept.note = "the audio ends before";
  } else {
    kept.media_type = "audio/flac";
    kept.data = (*files)[i];
    kept.sha256 = to_hex(sha256(kept.data));
  }
  return kept;
}

Result<Sha256> hash_of(audio::ByteSource& source) {
  Sha256Stream stream;
  Bytes piece(1 << 20);
  for (std::uint64_t offset = 0;;) {
    EARMARK_TRY(const std::size_t n, source.read_at(offset, piece));
    if (n == 0) return stream.finish();
    stream.update(std::span(piece).first(n));
    offset += n;
  }
}

/// A clip of the file that the recording was registered from, while its bytes are the same.
Result<std::vector<Bytes>> reference_clip(catalogue::Catalogue& catalogue, const std::string& recording_id,
                                          const ClipRange& range) {
  EARMARK_TRY(const auto recording, catalogue.registry().recordings().find(recording_id));
  if (!recording) return fail(ErrorCode::kNotFound, recording_id + ": no such recording");
  EARMARK_TRY(const auto source, audio::open_file_source(recording->source));
  EARMARK_TRY(const auto hash, hash_of(*source));
  if (to_hex(hash) != recording->content_sha256)
    return fail(ErrorCode::kConflict, recording->source + " is not the file any more that was registered");
  return catalogue.clips(*source, std::span(&range, 1));
}

KeptEvidence explanation(const catalogue::Explained& explained) {
  KeptEvidence kept;
  kept.kind = "explanation";
  kept.media_type = "application/json";
  kept.start_ms = explained.why.shown_start_ms;
  kept.end_ms = explained.why.shown_end_ms;
  const std::string text = to_line(to_json(explained)) + "\n";
  const auto bytes = as_bytes(text);
  kept.data.assign(bytes.begin(), bytes.end());
  kept.sha256 = to_hex(sha256(kept.data));
  return kept;
}

}  // namespace

std::vector<std::vector<KeptEvidence>> keep(catalogue::Catalogue& catalogue, audio::ByteSource& episode,
                                            std::span<const ExplainedUse> uses) {
  std::vector<ClipRange> ranges;
  for (const auto& [use, explained] : uses)
    ranges.push_back(about_middle(use.match.query_start_ms, use.match.query_end_ms));
  std::vector<std::vector<KeptEvidence>> kept;
  if (uses.empty()) return kept;
  const auto clips = catalogue.clips(episode, ranges);
  for (std::size_t i = 0; i < uses.size(); ++i) {
    const index::Match& match = uses[i].use.match;
    const ClipRange reference = about_middle(match.reference_start_ms, match.reference_end_ms);
    kept.push_back(
        {clip("clip.query", ranges[i], clips, i),
         clip("clip.reference", reference, reference_clip(catalogue, uses[i].use.recording_id, reference), 0),
         explanation(uses[i].explained)});
  }
  return kept;
}

}  // namespace earmark::evidence
