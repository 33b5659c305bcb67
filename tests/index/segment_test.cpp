#include "index/segment.h"

#include <random>
#include <set>

#include <gtest/gtest.h>

#include "core/file.h"
#include "index/landmarks.h"
#include "tests/index/fixture.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::index {
namespace {

using Prints = std::vector<fingerprint::Fingerprint>;

Prints make_prints(std::uint32_t count) {
  Prints prints;
  for (std::uint32_t i = 0; i < count; ++i) prints.push_back(test::random_recording(i, 20 + 7 * i));
  return prints;
}

std::shared_ptr<const Segment> build(const Prints& prints, const std::vector<std::size_t>& which) {
  std::vector<NewRecording> recordings;
  for (const std::size_t i : which) recordings.push_back({static_cast<RecordingKey>(i + 1), &prints[i]});
  return Segment::build(recordings);
}

TEST(Segment, FindsRecordingsByPlace) {
  const Prints prints = make_prints(3);
  const auto segment = build(prints, {0, 1, 2});
  const auto rows = segment->recordings();
  ASSERT_EQ(rows.size(), 3U);
  for (const RecordingRow& row : rows) {
    EXPECT_EQ(segment->find(row.first), &row);
    EXPECT_EQ(segment->find(row.first + row.frames - 1), &row);
    EXPECT_EQ(segment->find(row.first + row.frames), nullptr);
    EXPECT_EQ(segment->find(std::int64_t{row.first} - 1), nullptr);
    EXPECT_EQ(row.first % kRecordingStep, 0U);
  }
  EXPECT_GE(rows[1].first, rows[0].first + rows[0].frames + kGapFrames);
  EXPECT_EQ(segment->find(-5), nullptr);
  EXPECT_EQ(segment->find(1LL << 40), nullptr);
}

TEST(Segment, HoldsEveryPairOfPeaksAndEveryEmbedding) {
  const Prints prints = make_prints(2);
  const auto segment = build(prints, {0, 1});
  std::multiset<std::pair<std::uint32_t, std::uint32_t>> expected;
  std::size_t embeddings = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    const auto grid = warp_peaks(prints[i].peaks, Warp{}, kReferencePairing.max_rank);
    for (const Landmark& landmark : pair_peaks(grid, kReferencePairing.fan_out)) {
      const auto place = segment->recordings()[i].first + static_cast<std::uint32_t>(landmark.frame);
      expected.emplace(landmark.hash, place / kLandmarkStep);
    }
    embeddings += prints[i].embeddings.size();
  }
  std::multiset<std::pair<std::uint32_t, std::uint32_t>> seen;
  const Lists& lists = segment->landmarks();
  for (std::uint32_t group = 0; group < lists.shape().groups(); ++group)
    lists.visit_group(group, [&](std::uint32_t hash, std::uint32_t value) { seen.emplace(hash, value); });

  EXPECT_EQ(seen, expected);
  EXPECT_EQ(segment->vectors().size(), embeddings);
}

class SegmentFile : public testing::Test {
 protected:
  void SetUp() override {
    segment_ = build(prints_, {0, 1, 2, 3});
    ASSERT_OK(segment_->write(path_));
  }
  test::TempDir folder_;
  std::filesystem::path path_ = folder_ / "a.segment";
  Prints prints_ = make_prints(4);
  std::shared_ptr<const Segment> segment_;
};

/// Everything that is in it, as numbers.
std::vector<std::uint64_t> everything(const Segment& segment) {
  std::vector<std::uint64_t> out;
  for (std::size_t i = 0; i < segment.recordings().size(); ++i) {
    segment.peaks(i).visit(0, 1 << 30, [&](std::int32_t frame, std::int32_t bin16) {
      out.push_back(static_cast<std::uint64_t>(frame) << 16 | static_cast<std::uint64_t>(bin16));
    });
  }
  for (std::uint32_t group = 0; group < segment.landmarks().shape().groups(); ++group) {
    segment.landmarks().visit_group(group, [&](std::uint32_t hash, std::uint32_t value) {
      out.push_back(std::uint64_t{hash} << 32 | value);
    });
  }
  const VectorCodes& vectors = segment.vectors();
  for (std::uint32_t list = 0; list < vectors.places().shape().keys; ++list) {
    const CodeList codes = vectors.list(list);
    for (std::uint32_t i = 0; i < codes.count; ++i) {
      out.push_back(vectors.place(list, i));
      for (std::size_t m = 0; m < vectors.code_bytes(); ++m)
        out.push_back(
            std::to_integer<std::uint64_t>(codes.codes[code_at(codes.count, i, m, vectors.code_bytes())]));
    }
  }
  return out;
}

TEST(Segment, MergedIsAsIfBuiltAtOnce) {
  const Prints prints = make_prints(6);
  const auto one = build(prints, {0, 1, 2});
  const auto two = build(prints, {3});
  const auto three = build(prints, {4, 5});
  const std::vector<char> dead = {0, 1, 0};

  const auto all =
      Segment::merge(std::vector<Segment::Part>{{one.get(), {}}, {two.get(), {}}, {three.get(), {}}});
  const auto some =
      Segment::merge(std::vector<Segment::Part>{{one.get(), dead}, {two.get(), {}}, {three.get(), {}}});

  EXPECT_EQ(all->fingerprint(), build(prints, {0, 1, 2, 3, 4, 5})->fingerprint()) << "not byte for byte";
  const auto expected = build(prints, {0, 2, 3, 4, 5});
  EXPECT_EQ(everything(*some), everything(*expected));
  EXPECT_EQ(some->frames(), expected->frames());
}

TEST_F(SegmentFile, IsWhatWasWritten) {
  ASSERT_OK_AND(const auto opened, Segment::open(path_));
  EXPECT_EQ(everything(*opened), everything(*segment_));
  EXPECT_EQ(opened->fingerprint(), segment_->fingerprint());
  EXPECT_EQ(opened->frames(), segment_->frames());
  EXPECT_FALSE(opened->is_damaged());
}

TEST_F(SegmentFile, AnyDamagedByteIsNoticedBeforeItIsUsed) {
  ASSERT_OK_AND(const Bytes good, read_file(path_, 1 << 28));
  const auto whole = everything(*segment_);
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    Bytes bad = good;
    const std::size_t at =
        round < 4 ? bad.size() - 1 - static_cast<std::size_t>(round) * 5 : random() % bad.size();
    bad[at] ^= std::byte{1} << (random() % 8);
    ASSERT_OK(write_file_atomically(path_, bad));
    const auto opened = Segment::open(path_);
    if (!opened) continue;
    const auto seen = everything(**opened);
    EXPECT_TRUE((*opened)->is_damaged() || seen == whole) << at;
  }
}

TEST_F(SegmentFile, CutOffIsRefused) {
  ASSERT_OK_AND(const Bytes good, read_file(path_, 1 << 28));
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{3}, std::size_t{300}, good.size() / 2, good.size() - 1}) {
    ASSERT_OK(write_file_atomically(path_, std::span(good).first(size)));
    EXPECT_FAILS(Segment::open(path_), ErrorCode::kCorrupt);
  }
  EXPECT_FAILS(Segment::open(folder_ / "none"), ErrorCode::kNotFound);
}

TEST_F(SegmentFile, OfDamagedPartsIsKnownToBeDamaged) {
  ASSERT_OK_AND(Bytes bad, read_file(path_, 1 << 28));
  bad[bad.size() / 2] ^= std::byte{2};
  ASSERT_OK(write_file_atomically(path_, bad));
  ASSERT_OK_AND(const auto opened, Segment::open(path_));
  const std::vector<Segment::Part> parts = {{opened.get(), {}}};

  (void)Segment::merge(parts);

  EXPECT_TRUE(opened->is_damaged());
}

}  // namespace
}  // namespace earmark::index
