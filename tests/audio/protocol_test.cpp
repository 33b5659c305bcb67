// The host's reader of what a worker says: everything that is well formed passes, nothing else does.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "audio/worker_protocol.h"
#include "tests/support/result_matchers.h"

namespace earmark::audio {
namespace {

/// Feeds `bytes` in pieces of up to `piece` and returns the messages up to the first breach.
std::vector<WorkerMessage> read_messages(std::span<const std::byte> bytes, std::size_t piece,
                                         bool& breached) {
  MessageReader reader;
  std::vector<WorkerMessage> messages;
  breached = false;
  while (true) {
    auto message = reader.next();
    if (!message) {
      EXPECT_EQ(message.error().code, ErrorCode::kInternal);
      breached = true;
      return messages;
    }
    if (*message) {
      messages.push_back(std::move(**message));
      continue;
    }
    if (bytes.empty()) return messages;
    const auto space = reader.space();
    EXPECT_FALSE(space.empty());
    if (space.empty()) return messages;
    const std::size_t n = std::min({piece, space.size(), bytes.size()});
    std::memcpy(space.data(), bytes.data(), n);
    reader.received(n);
    bytes = bytes.subspan(n);
  }
}

void append(Bytes& out, const Bytes& bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

Bytes a_whole_session() {
  Bytes all;
  const std::vector<float> some{0.0F, 0.5F, -1.0F};
  append(all, encode(ReadRequest{5, 4096}));
  append(all, encode_samples(some));
  append(all, encode_warning("a damaged packet"));
  append(all, encode_samples(std::vector<float>(kMaxMessageSamples, 0.25F)));
  append(all, encode(Done{kMaxMessageSamples + 3, 44100, 2, true, 7, 8, "mp3", "mp3float"}));
  append(all, encode(Error{ErrorCode::kCorrupt, "broken"}));
  return all;
}

Bytes message(std::uint32_t type, std::uint32_t length, std::size_t payload) {
  ByteWriter out;
  out.put(type);
  out.put(length);
  for (std::size_t i = 0; i < payload; ++i) out.put(std::uint8_t{0});
  return std::move(out).take();
}

bool is_breach(const Bytes& bytes) {
  bool breached = false;
  (void)read_messages(bytes, 1 << 20, breached);
  return breached;
}

TEST(MessageReader, GivesBackWhatWasEncodedWhateverThePieces) {
  for (const std::size_t piece : {1UL, 3UL, 8UL, 1000UL, 1000000UL}) {
    bool breached = false;
    const auto messages = read_messages(a_whole_session(), piece, breached);

    ASSERT_FALSE(breached);
    ASSERT_EQ(messages.size(), 6U);
    EXPECT_EQ(std::get<ReadRequest>(messages[0]).offset, 5U);
    EXPECT_EQ(std::get<ReadRequest>(messages[0]).length, 4096U);
    EXPECT_EQ(std::get<Samples>(messages[1]).values, (std::vector<float>{0.0F, 0.5F, -1.0F}));
    EXPECT_EQ(std::get<Warning>(messages[2]).text, "a damaged packet");
    EXPECT_EQ(std::get<Samples>(messages[3]).values.size(), kMaxMessageSamples);
    const auto& done = std::get<Done>(messages[4]);
    EXPECT_EQ(done.samples, kMaxMessageSamples + 3);
    EXPECT_EQ(done.rate_hz, 44100);
    EXPECT_EQ(done.channels, 2);
    EXPECT_TRUE(done.side_channel_used);
    EXPECT_EQ(done.container, "mp3");
    EXPECT_EQ(done.codec, "mp3float");
    EXPECT_EQ(std::get<Error>(messages[5]).code, ErrorCode::kCorrupt);
  }
}

TEST(MessageReader, RefusesTypesAndLengthsOutsideTheGrammar) {
  EXPECT_TRUE(is_breach(message(0, 0, 0)));
  EXPECT_TRUE(is_breach(message(7, 0, 0)));
  EXPECT_TRUE(is_breach(message(6, 0, 0)));
  EXPECT_TRUE(is_breach(message(6, kMaxEncodedBytes + 1, 0)));
  EXPECT_FALSE(is_breach(encode_encoded(Bytes(kMaxEncodedBytes))));
  EXPECT_TRUE(is_breach(message(1, 13, 13)));
  EXPECT_TRUE(is_breach(message(1, 11, 11)));
  EXPECT_TRUE(is_breach(message(2, 0xFFFFFFFF, 0)));
  EXPECT_TRUE(is_breach(message(2, kMaxMessageSamples * 4 + 4, 0)));
  EXPECT_TRUE(is_breach(message(2, 3, 3)));
  EXPECT_TRUE(is_breach(message(2, 0, 0)));
  EXPECT_TRUE(is_breach(message(3, kMaxTextBytes + 1, 0)));
  EXPECT_TRUE(is_breach(message(4, 5, 5)));
  EXPECT_TRUE(is_breach(message(5, 2, 2)));
}

TEST(MessageReader, RefusesReadsOfNothingOrTooMuch) {
  EXPECT_TRUE(is_breach(encode(ReadRequest{0, 0})));
  EXPECT_TRUE(is_breach(encode(ReadRequest{0, kMaxReadBytes + 1})));
  EXPECT_FALSE(is_breach(encode(ReadRequest{~0ULL, kMaxReadBytes})));
}

TEST(MessageReader, RefusesSamplesThatAreNoNumbersOrOutOfRange) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -1e9F}) {
    EXPECT_TRUE(is_breach(encode_samples(std::vector<float>{0.0F, bad})));
  }
  EXPECT_FALSE(is_breach(encode_samples(std::vector<float>{kMaxSample, -kMaxSample})));
}

TEST(MessageReader, RefusesErrorCodesThatAWorkerMayNotGive) {
  EXPECT_TRUE(is_breach(encode(Error{ErrorCode::kConflict, "mine"})));
  EXPECT_TRUE(is_breach(encode(Error{static_cast<ErrorCode>(77), "?"})));
}

TEST(MessageReader, LetsNoControlCharactersThrough) {
  bool breached = false;
  const auto messages = read_messages(encode_warning("a\033[2Jb\nc\xff"), 100, breached);

  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(std::get<Warning>(messages[0]).text, "a?[2Jb?c?");
}

void expect_within_limits(const WorkerMessage& message) {
  if (const auto* read = std::get_if<ReadRequest>(&message)) {
    EXPECT_GT(read->length, 0U);
    EXPECT_LE(read->length, kMaxReadBytes);
  } else if (const auto* samples = std::get_if<Samples>(&message)) {
    EXPECT_LE(samples->values.size(), kMaxMessageSamples);
    EXPECT_TRUE(std::ranges::all_of(samples->values, [](float v) { return std::abs(v) <= kMaxSample; }));
  } else if (const auto* warning = std::get_if<Warning>(&message)) {
    EXPECT_LE(warning->text.size(), kMaxTextBytes);
  } else if (const auto* done = std::get_if<Done>(&message)) {
    EXPECT_GE(done->rate_hz, 0);
    EXPECT_GE(done->channels, 0);
  }
}

TEST(MessageReader, SurvivesAnyBytes) {
  std::mt19937 random(20261123);
  const Bytes good = a_whole_session();
  std::size_t breaches = 0;
  for (int round = 0; round < 1000; ++round) {
    Bytes bytes = good;
    if (round % 4 == 0) {
      bytes.resize(random() % 5000);
      std::ranges::generate(bytes, [&] { return static_cast<std::byte>(random()); });
    }
    // Mostly in the headers and small messages at the front, where a change means most.
    for (std::uint32_t flips = 1 + random() % 4; flips > 0 && !bytes.empty(); --flips) {
      const std::size_t reach = random() % 2 == 0 ? std::min<std::size_t>(bytes.size(), 90) : bytes.size();
      bytes[random() % reach] ^= static_cast<std::byte>(1U << random() % 8);
    }
    if (random() % 3 == 0) bytes.resize(random() % (bytes.size() + 1));
    bool breached = false;
    for (const auto& message : read_messages(bytes, 1 + random() % 70000, breached))
      expect_within_limits(message);
    breaches += breached ? 1 : 0;
  }
  EXPECT_GT(breaches, 300U);  // the mutations do reach the checks
}

}  // namespace
}  // namespace earmark::audio
