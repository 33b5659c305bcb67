#include "crawler/live_window.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace earmark::crawler {
namespace {

using fingerprint::Embedding;
using fingerprint::Peak;

constexpr std::int64_t kFramesPerBlock = LiveWindow::kBlockSamples / fingerprint::kFrameHop;
constexpr std::int64_t kEmbeddingsPerBlock = kFramesPerBlock / fingerprint::kEmbeddingHopFrames;
/// Sound of a window, of one step that is being gathered and of a decoder's message is kept.
constexpr std::int64_t kKeptBlocks = LiveWindow::kWindowBlocks + 3 * LiveWindow::kStepBlocks;

std::int16_t as_int16(float sample) {
  constexpr float kScale = 32767.0F;
  const float bounded = sample >= -1.0F ? std::min(sample, 1.0F) : sample < -1.0F ? -1.0F : 0.0F;  // NaN: 0
  return static_cast<std::int16_t>(std::lround(bounded * kScale));
}

std::int64_t ms_of(std::int64_t samples) { return samples * 1000 / fingerprint::kSampleRate; }

}  // namespace

void LiveWindow::push(std::span<const float> samples) {
  extractor_.push(samples);
  samples_ += static_cast<std::int64_t>(samples.size());
  auto settled = extractor_.take_settled();
  peaks_.insert(peaks_.end(), settled.peaks.begin(), settled.peaks.end());
  embeddings_.insert(embeddings_.end(), settled.embeddings.begin(), settled.embeddings.end());
  settled_frames_ = settled.frames;
  std::transform(samples.begin(), samples.end(), std::back_inserter(sound_), as_int16);
  const std::int64_t begin = due_ - kKeptBlocks;
  for (; first_sample_ < begin * kBlockSamples && !sound_.empty(); ++first_sample_) sound_.pop_front();
}

LiveWindow::Window LiveWindow::next() {
  const std::int64_t end = due_;
  const std::int64_t begin = std::max<std::int64_t>(0, end - kWindowBlocks);
  due_ += kStepBlocks;
  const auto frame = [](std::int64_t block) { return block * kFramesPerBlock; };
  while (!peaks_.empty() && peaks_.front().frame < frame(begin)) peaks_.pop_front();
  for (; first_embedding_ < begin * kEmbeddingsPerBlock && !embeddings_.empty(); ++first_embedding_)
    embeddings_.pop_front();
  Window window;
  window.start_ms = ms_of(begin * kBlockSamples);
  auto& print = window.fingerprint;
  print.model_version = extractor_.model_version();
  print.samples = static_cast<std::uint64_t>((end - begin) * kBlockSamples);
  std::int64_t latest = -1;
  for (Peak peak : peaks_) {
    if (peak.frame >= frame(end)) break;
    latest = peak.frame;
    peak.frame -= static_cast<std::uint32_t>(frame(begin));
    print.peaks.push_back(peak);
  }
  // An embedding is of a block and some more: the last ones end with the window.
  const std::int64_t most = (end - begin - 1) * kEmbeddingsPerBlock;
  for (std::int64_t i = 0; i < std::min<std::int64_t>(most, std::ssize(embeddings_)); ++i)
    print.embeddings.push_back(embeddings_[static_cast<std::size_t>(i)]);
  window.is_silent = latest < frame(end - kStepBlocks);
  return window;
}

Bytes LiveWindow::sound(std::int64_t start_ms) const {
  const std::int64_t begin = std::max(first_sample_, start_ms * fingerprint::kSampleRate / 1000);
  const std::int64_t end =
      std::min(begin + kWindowBlocks * kBlockSamples, first_sample_ + std::ssize(sound_));
  if (begin >= end) return {};
  const auto from = sound_.begin() + (begin - first_sample_);
  const std::vector<std::int16_t> samples(from, from + (end - begin));
  return wav_of(samples, fingerprint::kSampleRate);
}

Bytes wav_of(std::span<const std::int16_t> samples, int rate_hz) {
  constexpr std::uint16_t kPcm = 1, kMono = 1, kBlock = 2, kBits = 16;
  constexpr std::uint32_t kFormatBytes = 16, kHeaderRest = 36;
  const auto bytes = static_cast<std::uint32_t>(samples.size_bytes());
  const auto rate = static_cast<std::uint32_t>(rate_hz);
  ByteWriter out;
  out.put_bytes(as_bytes("RIFF"));
  out.put(kHeaderRest + bytes);
  out.put_bytes(as_bytes("WAVEfmt "));
  out.put(kFormatBytes);
  out.put(kPcm);
  out.put(kMono);
  out.put(rate);
  out.put(rate * kBlock);
  out.put(kBlock);
  out.put(kBits);
  out.put_bytes(as_bytes("data"));
  out.put(bytes);
  out.put_array(samples);
  return std::move(out).take();
}

}  // namespace earmark::crawler
