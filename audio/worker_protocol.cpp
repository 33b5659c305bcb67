#include "audio/worker_protocol.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include <fmt/format.h>

namespace earmark::audio {
namespace {

enum MessageType : std::uint32_t {
  kRead = 1,
  kSamples = 2,
  kWarning = 3,
  kDone = 4,
  kError = 5,
  kEncoded = 6
};

constexpr std::size_t kHeaderBytes = 8;
constexpr std::size_t kMaxNameBytes = 60;

Bytes frame(MessageType type, std::span<const std::byte> payload) {
  ByteWriter out;
  out.put(static_cast<std::uint32_t>(type));
  out.put(static_cast<std::uint32_t>(payload.size()));
  out.put_bytes(payload);
  return std::move(out).take();
}

// Names and texts come from the input in the end: nothing that could drive a terminal or break a line passes.
std::string printable(std::span<const std::byte> bytes) {
  std::string text(as_text(bytes));
  std::ranges::replace_if(
      text, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return text;
}

Error breach(std::string_view what) {
  return Error{ErrorCode::kInternal, fmt::format("the decoder broke its protocol: {}", what)};
}

std::size_t max_length(std::uint32_t type) {
  switch (type) {
    case kRead: return 12;
    case kSamples: return kMaxMessageSamples * sizeof(float);
    case kWarning: return kMaxTextBytes;
    case kDone: return 33 + 2 + 2 * kMaxNameBytes;
    case kError: return 4 + kMaxTextBytes;
    case kEncoded: return kMaxEncodedBytes;
    default: return 0;
  }
}

Result<WorkerMessage> parse_read(ByteReader in) {
  ReadRequest request;
  EARMARK_TRY(request.offset, in.get<std::uint64_t>());
  EARMARK_TRY(request.length, in.get<std::uint32_t>());
  if (request.length == 0 || request.length > kMaxReadBytes) {
    return fail(breach(fmt::format("asks for {} bytes at once", request.length)));
  }
  return request;
}

Result<WorkerMessage> parse_samples(std::span<const std::byte> payload) {
  if (payload.empty() || payload.size() % sizeof(float) != 0) {
    return fail(breach(fmt::format("{} bytes are no samples", payload.size())));
  }
  Samples samples{std::vector<float>(payload.size() / sizeof(float))};
  std::memcpy(samples.values.data(), payload.data(), payload.size());
  const auto sane = [](float value) { return std::abs(value) <= kMaxSample; };  // false for NaN too
  if (!std::ranges::all_of(samples.values, sane)) return fail(breach("a sample is out of range"));
  return samples;
}

Result<std::string> parse_name(ByteReader& in) {
  EARMARK_TRY(const auto length, in.get<std::uint8_t>());
  if (length > kMaxNameBytes) return fail(breach("a name is too long"));
  EARMARK_TRY(const auto bytes, in.get_bytes(length));
  return printable(bytes);
}

Result<WorkerMessage> parse_done(ByteReader in) {
  Done done;
  EARMARK_TRY(done.samples, in.get<std::uint64_t>());
  EARMARK_TRY(done.rate_hz, in.get<std::int32_t>());
  EARMARK_TRY(done.channels, in.get<std::int32_t>());
  EARMARK_TRY(const auto side, in.get<std::uint8_t>());
  done.side_channel_used = side != 0;
  EARMARK_TRY(done.peak_bytes, in.get<std::uint64_t>());
  EARMARK_TRY(done.cpu_us, in.get<std::uint64_t>());
  EARMARK_TRY(done.container, parse_name(in));
  EARMARK_TRY(done.codec, parse_name(in));
  if (in.remaining() != 0 || side > 1 || done.rate_hz < 0 || done.channels < 0) {
    return fail(breach("a closing message that makes no sense"));
  }
  return done;
}

Result<WorkerMessage> parse_error(ByteReader in) {
  EARMARK_TRY(const auto code, in.get<std::uint32_t>());
  EARMARK_TRY(const auto text, in.get_bytes(in.remaining()));
  for (const ErrorCode known :
       {ErrorCode::kUnsupported, ErrorCode::kCorrupt, ErrorCode::kResourceExhausted, ErrorCode::kInternal}) {
    if (code == static_cast<std::uint32_t>(known)) return Error{known, printable(text)};
  }
  return fail(breach(fmt::format("unknown error code {}", code)));
}

Result<WorkerMessage> parse(std::uint32_t type, std::span<const std::byte> payload) {
  switch (type) {
    case kRead: return parse_read(ByteReader(payload));
    case kSamples: return parse_samples(payload);
    case kWarning: return Warning{printable(payload)};
    case kDone: return parse_done(ByteReader(payload));
    case kEncoded:
      if (payload.empty()) return fail(breach("nothing of a file"));
      return Encoded{Bytes(payload.begin(), payload.end())};
    default: return parse_error(ByteReader(payload));
  }
}

}  // namespace

Bytes encode(const ReadRequest& request) {
  ByteWriter out;
  out.put(request.offset);
  out.put(request.length);
  return frame(kRead, out.view());
}

Bytes encode_samples(std::span<const float> samples) { return frame(kSamples, std::as_bytes(samples)); }

Bytes encode_warning(std::string_view text) {
  return frame(kWarning, as_bytes(text.substr(0, kMaxTextBytes)));
}

Bytes encode(const Done& done) {
  ByteWriter out;
  out.put(done.samples);
  out.put(done.rate_hz);
  out.put(done.channels);
  out.put(static_cast<std::uint8_t>(done.side_channel_used ? 1 : 0));
  out.put(done.peak_bytes);
  out.put(done.cpu_us);
  for (const std::string& name : {done.container, done.codec}) {
    const std::string_view cut = std::string_view(name).substr(0, kMaxNameBytes);
    out.put(static_cast<std::uint8_t>(cut.size()));
    out.put_bytes(as_bytes(cut));
  }
  return frame(kDone, out.view());
}

Bytes encode(const Error& error) {
  ByteWriter out;
  out.put(static_cast<std::uint32_t>(error.code));
  out.put_bytes(as_bytes(std::string_view(error.message).substr(0, kMaxTextBytes)));
  return frame(kError, out.view());
}

Bytes encode_encoded(std::span<const std::byte> bytes) { return frame(kEncoded, bytes); }

void MessageReader::received(std::size_t count) { filled_ += count; }

Result<std::optional<WorkerMessage>> MessageReader::next() {
  if (filled_ < kHeaderBytes) return std::nullopt;
  ByteReader header(std::span<const std::byte>(buffer_).first(kHeaderBytes));
  EARMARK_TRY(const auto type, header.get<std::uint32_t>());
  EARMARK_TRY(const auto length, header.get<std::uint32_t>());
  if (type < kRead || type > kEncoded) return fail(breach(fmt::format("unknown message {}", type)));
  if (length > max_length(type)) return fail(breach(fmt::format("message {} of {} bytes", type, length)));
  if (filled_ < kHeaderBytes + length) return std::nullopt;
  auto message = parse(type, std::span(buffer_).subspan(kHeaderBytes, length));
  if (!message) {
    Error error = std::move(message).error();
    return fail(error.code == ErrorCode::kInternal ? error : breach(error.message));
  }
  const std::size_t used = kHeaderBytes + length;
  std::memmove(buffer_.data(), buffer_.data() + used, filled_ - used);
  filled_ -= used;
  return std::optional<WorkerMessage>(std::move(*message));
}

}  // namespace earmark::audio
