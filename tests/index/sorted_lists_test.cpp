#include "index/sorted_lists.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <tuple>

#include <gtest/gtest.h>

namespace earmark::index {
namespace {

using Truth = std::map<std::uint32_t, std::vector<std::uint32_t>>;

/// What a writer wrote, in an image as a segment has it.
struct Written {
  explicit Written(const ListsWriter& writer) : shape(writer.shape()), image(bytes_of(writer)) {}
  static Bytes bytes_of(const ListsWriter& writer) {
    ByteWriter out;
    out.put_array(writer.directory());
    out.put_bytes(writer.groups());
    return std::move(out).take();
  }
  [[nodiscard]] Lists lists() const {
    const std::size_t directory = shape.directory_bytes();
    return {shape, CheckedBytes(image, 0, directory),
            CheckedBytes(image, directory, image.bytes().size() - directory)};
  }
  ListShape shape;
  Image image;
};

Truth random_lists(std::mt19937& random, std::uint32_t keys, std::uint32_t universe, std::size_t entries) {
  Truth truth;
  for (std::size_t i = 0; i < entries; ++i) {
    // Skewed: one key in eight has half of all entries.
    const auto key =
        static_cast<std::uint32_t>(random() % (random() % 2 == 0 ? keys : std::max(1U, keys / 8)));
    truth[key].push_back(static_cast<std::uint32_t>(random() % universe));
  }
  for (auto& [key, values] : truth) std::sort(values.begin(), values.end());
  return truth;
}

std::vector<std::uint32_t> visited(const Lists& lists, std::uint32_t key) {
  std::vector<std::uint32_t> values;
  Lists::visit(lists.find(key), [&](std::uint32_t value) { values.push_back(value); });
  return values;
}

class ListsOfAllShapes
    : public testing::TestWithParam<std::tuple<std::uint32_t, std::uint32_t, std::size_t>> {};

TEST_P(ListsOfAllShapes, GiveBackWhatWasWritten) {
  const auto [keys, universe, entries] = GetParam();
  std::mt19937 random(static_cast<std::uint32_t>(keys + entries));
  Truth truth = random_lists(random, keys, universe, entries);
  ListsWriter writer(keys, universe, entries);
  for (const auto& [key, values] : truth) {
    for (const std::uint32_t value : values) writer.add(key, value);
  }
  writer.finish();
  const Written written(writer);
  const Lists lists = written.lists();

  EXPECT_EQ(lists.shape().entries, entries);
  for (std::uint32_t key = 0; key < keys; key += 1 + keys / 3000) {
    EXPECT_EQ(visited(lists, key), truth[key]) << key;
    EXPECT_EQ(lists.find(key).count, truth[key].size()) << key;
  }
  std::size_t seen = 0;
  for (std::uint32_t group = 0; group < lists.shape().groups(); ++group) {
    lists.visit_group(group, [&](std::uint32_t key, std::uint32_t value) {
      ++seen;
      EXPECT_TRUE(std::binary_search(truth[key].begin(), truth[key].end(), value));
    });
  }
  EXPECT_EQ(seen, entries);
}

INSTANTIATE_TEST_SUITE_P(Shapes, ListsOfAllShapes,
                         testing::Values(std::tuple{1U << 20, 4'000'000'000U, std::size_t{5000}},
                                         std::tuple{1U << 20, 500'000U, std::size_t{100'000}},
                                         std::tuple{512U, 70'000U, std::size_t{30'000}},
                                         std::tuple{512U, 3U, std::size_t{30'000}},
                                         std::tuple{5U, 1'000'000U, std::size_t{40'000}},
                                         std::tuple{7U, 100U, std::size_t{1}},
                                         std::tuple{1000U, 100U, std::size_t{0}}));

TEST(Lists, TakeAboutWhatTheoryAllows) {
  // 2 bits over log2(universe * keys / entries), a third of a bit for the directory and the groups' heads,
  // and a twentieth because each key begins with a whole high part.
  std::mt19937 random(5);
  constexpr std::uint32_t kKeys = 1U << 16;
  constexpr std::uint32_t kUniverse = 2'900'000;
  constexpr std::size_t kEntries = 600'000;
  std::vector<std::uint64_t> numbers;
  for (std::size_t i = 0; i < kEntries; ++i)
    numbers.push_back(std::uint64_t{random() % kKeys} << 32 | random() % kUniverse);
  std::sort(numbers.begin(), numbers.end());
  ListsWriter writer(kKeys, kUniverse, kEntries);
  for (const std::uint64_t number : numbers)
    writer.add(static_cast<std::uint32_t>(number >> 32), static_cast<std::uint32_t>(number));
  writer.finish();

  const double bits =
      8.0 * static_cast<double>(writer.groups().size() + writer.directory().size_bytes()) / kEntries;

  EXPECT_LT(bits, std::log2(static_cast<double>(kUniverse) * kKeys / kEntries) + 2.75);
}

TEST(Lists, ReadNothingButTheirOwnWhateverTheBytes) {
  std::mt19937 random(6);
  for (int round = 0; round < 300; ++round) {
    ListShape shape{.keys = 64, .universe = 1000, .group_bits = 2, .entries = 500};
    Bytes bytes(shape.directory_bytes() + 2000);
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(random());
    // Small offsets, so that most groups lie inside.
    for (std::uint32_t group = 0; group <= shape.groups(); ++group) {
      const auto offset = static_cast<std::uint32_t>(random() % 2100);
      std::memcpy(bytes.data() + std::size_t{group} * 4, &offset, 4);
    }
    // In memory of exactly its size, for the address sanitizer to see.
    const auto image = std::make_unique<const Image>(bytes);
    const Lists lists(shape, CheckedBytes(*image, 0, shape.directory_bytes()),
                      CheckedBytes(*image, shape.directory_bytes(), 2000));
    std::uint64_t sum = 0;
    for (std::uint32_t key = 0; key < 70; ++key)
      Lists::visit(lists.find(key), [&](std::uint32_t value) { sum += value < 1000 ? 1 : 0; });
    EXPECT_LE(sum, 70U * 16000U);
  }
}

}  // namespace
}  // namespace earmark::index
