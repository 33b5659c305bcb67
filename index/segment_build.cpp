#include <algorithm>
#include <iterator>

#include "index/landmarks.h"
#include "index/quantiser.h"
#include "index/segment_writer.h"

namespace earmark::index {
namespace {

std::vector<fingerprint::Peak> reference_peaks(const fingerprint::Fingerprint& fingerprint) {
  std::vector<fingerprint::Peak> peaks;
  std::copy_if(fingerprint.peaks.begin(), fingerprint.peaks.end(), std::back_inserter(peaks),
               [](const auto& peak) { return peak.rank < kReferenceRanks; });
  return peaks;
}

struct Posting {
  std::uint32_t hash;
  std::uint32_t place;
  friend auto operator<=>(const Posting&, const Posting&) = default;
};

void add_postings(std::vector<Posting>& postings, std::span<const fingerprint::Peak> peaks,
                  std::uint32_t first) {
  const auto grid = warp_peaks(peaks, Warp{}, kReferencePairing.max_rank);
  for (const Landmark& landmark : pair_peaks(grid, kReferencePairing.fan_out))
    postings.push_back({landmark.hash, (first + static_cast<std::uint32_t>(landmark.frame)) / kLandmarkStep});
}

/// Embeddings of a segment that is being built, in order of place.
struct PlacedEmbeddings {
  std::vector<fingerprint::Embedding> embeddings;
  std::vector<std::uint32_t> places;

  void add(const fingerprint::Fingerprint& fingerprint, std::uint32_t first) {
    const std::size_t step = fingerprint.density == fingerprint::Density::kQuery ? 2 : 1;
    const auto hop = static_cast<std::uint32_t>(fingerprint.embedding_hop());
    for (std::size_t i = 0; i < fingerprint.embeddings.size(); i += step) {
      if (is_zero(fingerprint.embeddings[i])) continue;
      embeddings.push_back(fingerprint.embeddings[i]);
      places.push_back(first + static_cast<std::uint32_t>(i) * hop);
    }
  }
};

void write_vectors(SegmentWriter& out, const PlacedEmbeddings& placed, std::uint32_t frames) {
  const auto coded = Quantiser::encode(placed.embeddings);
  const std::size_t code_bytes = Quantiser::code_bytes();
  std::vector<std::uint32_t> order(placed.places.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return coded.lists[a] < coded.lists[b]; });
  VectorsWriter writer(frames, order.size());
  for (std::size_t first = 0; first < order.size();) {
    const std::uint32_t list = coded.lists[order[first]];
    std::vector<std::uint32_t> places;
    std::vector<std::uint8_t> codes;
    for (; first < order.size() && coded.lists[order[first]] == list; ++first) {
      places.push_back(placed.places[order[first]]);
      const std::uint8_t* const code = coded.codes.data() + order[first] * code_bytes;
      codes.insert(codes.end(), code, code + code_bytes);
    }
    writer.add(list, places, codes);
  }
  writer.write(out);
}

}  // namespace

Bytes encode_segment(std::span<const NewRecording> recordings) {
  SegmentWriter out;
  RecordingsWriter writer;
  std::vector<Posting> postings;
  PlacedEmbeddings placed;
  for (const NewRecording& recording : recordings) {
    const auto& fingerprint = *recording.fingerprint;
    const auto frames = static_cast<std::uint32_t>(fingerprint.samples / fingerprint::kFrameHop + 1);
    const auto peaks = reference_peaks(fingerprint);
    const auto row =
        writer.add({recording.key, fingerprint.samples, 0, frames}, ReferencePeaks::encode(peaks));
    add_postings(postings, peaks, row.first);
    placed.add(fingerprint, row.first);
  }
  writer.write(out);
  std::sort(postings.begin(), postings.end());
  auto landmarks = landmark_lists(writer.end(), postings.size());
  for (const Posting& posting : postings) landmarks.add(posting.hash, posting.place);
  out.add_landmarks(landmarks);
  write_vectors(out, placed, writer.end());
  return std::move(out).finish();
}

}  // namespace earmark::index
