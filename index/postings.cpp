#include "index/postings.h"

#include <algorithm>

#include "index/landmarks.h"

namespace earmark::index {
namespace {

constexpr std::size_t kHashes = std::size_t{1} << kHashBits;
// A hash is common when its list is this many times longer than the mean list: hum, tones, one note of a
// synthesiser.
constexpr std::size_t kCommonFactor = 24;
constexpr std::size_t kCommonFloor = 256;

}  // namespace

void Postings::add(std::span<const Posting> postings) {
  Run run;
  run.reserve(postings.size());
  for (const Posting& posting : postings) run.push_back(pack(posting.hash, posting.place));
  std::sort(run.begin(), run.end());
  // Each run is at least twice as long as the next: few runs to search, each posting merged O(log n) times.
  while (!tail_.empty() && tail_.back().size() < 2 * run.size()) {
    Run merged(tail_.back().size() + run.size());
    std::merge(tail_.back().begin(), tail_.back().end(), run.begin(), run.end(), merged.begin());
    run = std::move(merged);
    tail_.pop_back();
  }
  tail_.push_back(std::move(run));
  update_common_limit();
}

std::size_t Postings::lower(const Run& run, std::uint32_t hash) {
  return static_cast<std::size_t>(std::lower_bound(run.begin(), run.end(), pack(hash, 0)) - run.begin());
}

std::size_t Postings::count(std::uint32_t hash) const {
  std::size_t n = begin_.empty() ? 0 : begin_[hash + 1] - begin_[hash];
  for (const Run& run : tail_) n += lower(run, hash + 1) - lower(run, hash);
  return n;
}

void Postings::seal_sorted(Run all) {
  std::sort(all.begin(), all.end());
  begin_.assign(kHashes + 1, 0);
  places_.resize(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    ++begin_[(all[i] >> 32) + 1];
    places_[i] = static_cast<std::uint32_t>(all[i]);
  }
  for (std::size_t hash = 0; hash < kHashes; ++hash) begin_[hash + 1] += begin_[hash];
  tail_.clear();
  update_common_limit();
}

void Postings::update_common_limit() { common_limit_ = kCommonFloor + kCommonFactor * size() / kHashes; }

std::size_t Postings::size() const {
  std::size_t n = places_.size();
  for (const Run& run : tail_) n += run.size();
  return n;
}

std::uint64_t Postings::bytes() const {
  std::uint64_t n = (begin_.size() + places_.size()) * sizeof(std::uint32_t);
  for (const Run& run : tail_) n += run.size() * sizeof(std::uint64_t);
  return n;
}

void Postings::save(ByteWriter& out) const {
  out.put<std::uint64_t>(begin_.size());
  out.put<std::uint64_t>(places_.size());
  out.put_array(std::span<const std::uint32_t>(begin_));
  out.put_array(std::span<const std::uint32_t>(places_));
}

Result<Postings> Postings::load(ByteReader& in) {
  Postings out;
  EARMARK_TRY(const auto hashes, in.get<std::uint64_t>());
  EARMARK_TRY(const auto places, in.get<std::uint64_t>());
  if (hashes != 0 && hashes != kHashes + 1)
    return fail(ErrorCode::kCorrupt, "index: hash directory of a wrong size");
  EARMARK_TRY(out.begin_, in.get_array<std::uint32_t>(hashes));
  EARMARK_TRY(out.places_, in.get_array<std::uint32_t>(places));
  if (!out.begin_.empty() &&
      (out.begin_.back() != places || !std::is_sorted(out.begin_.begin(), out.begin_.end()))) {
    return fail(ErrorCode::kCorrupt, "index: hash directory is inconsistent");
  }
  out.update_common_limit();
  return out;
}

}  // namespace earmark::index
