#include <bit>
#include <random>
#include <variant>

#include <gtest/gtest.h>

#include "core/bytes.h"
#include "tests/support/result_matchers.h"

namespace earmark {
namespace {

constexpr std::uint32_t kSeed = 20;

/// A number of any magnitude: as many small ones as large ones.
std::uint64_t any_number(std::mt19937_64& random) {
  const std::uint64_t bits = random();
  return bits >> (random() % 64);
}

TEST(BytesProperty, EveryVarintComesBack) {
  std::mt19937_64 random(kSeed);
  for (int round = 0; round < 20000; ++round) {
    const std::uint64_t value = any_number(random);
    ByteWriter out;
    out.put_varint(value);
    ByteReader in(out.view());

    ASSERT_OK_AND(const auto back, in.get_varint());

    ASSERT_EQ(back, value);
    ASSERT_EQ(in.remaining(), 0U);
    const auto bits = std::max<std::size_t>(1, static_cast<std::size_t>(std::bit_width(value)));
    ASSERT_EQ(out.size(), (bits + 6) / 7);
  }
}

using Item = std::variant<std::uint8_t, std::int32_t, std::uint64_t, double, std::vector<std::int16_t>>;

Item any_item(std::mt19937_64& random) {
  switch (random() % 5) {
    case 0: return static_cast<std::uint8_t>(random());
    case 1: return static_cast<std::int32_t>(random());
    case 2: return random();
    case 3: return static_cast<double>(random()) / 3.0;
    default: break;
  }
  std::vector<std::int16_t> values(random() % 50);
  for (auto& value : values) value = static_cast<std::int16_t>(random());
  return values;
}

void write(ByteWriter& out, const Item& item) {
  std::visit(
      [&]<class T>(const T& value) {
        if constexpr (std::is_arithmetic_v<T>) {
          out.put(value);
        } else {
          out.put_varint(value.size());
          out.put_array(std::span(value));
        }
      },
      item);
}

Result<Item> read_like(ByteReader& in, const Item& model) {
  return std::visit(
      [&]<class T>(const T&) -> Result<Item> {
        if constexpr (std::is_arithmetic_v<T>) {
          EARMARK_TRY(const T value, in.get<T>());
          return Item(value);
        } else {
          EARMARK_TRY(const auto count, in.get_varint());
          EARMARK_TRY(auto values, in.get_array<std::int16_t>(count));
          return Item(std::move(values));
        }
      },
      model);
}

TEST(BytesProperty, AnySequenceOfValuesComesBack) {
  std::mt19937_64 random(kSeed);
  for (int round = 0; round < 500; ++round) {
    std::vector<Item> items(random() % 40);
    ByteWriter out;
    for (Item& item : items) {
      item = any_item(random);
      write(out, item);
    }
    ByteReader in(out.view());
    for (const Item& item : items) {
      ASSERT_OK_AND(const Item back, read_like(in, item));
      ASSERT_EQ(back, item);
    }
    ASSERT_EQ(in.remaining(), 0U);
  }
}

TEST(BytesProperty, AnyTruncationIsAnErrorAndNeverReadsPastTheEnd) {
  std::mt19937_64 random(kSeed);
  for (int round = 0; round < 300; ++round) {
    std::vector<Item> items(1 + random() % 10);
    ByteWriter out;
    for (Item& item : items) {
      item = any_item(random);
      write(out, item);
    }
    const Bytes cut(out.view().begin(),
                    out.view().begin() + static_cast<std::ptrdiff_t>(random() % out.size()));
    ByteReader in(cut);
    bool failed = false;
    for (std::size_t i = 0; i < items.size() && !failed; ++i) {
      const auto back = read_like(in, items[i]);
      failed = !back.has_value();
      if (failed) {
        ASSERT_EQ(back.error().code, ErrorCode::kCorrupt);
      }
      ASSERT_LE(in.position(), cut.size());
    }
    ASSERT_TRUE(failed);
  }
}

}  // namespace
}  // namespace earmark
