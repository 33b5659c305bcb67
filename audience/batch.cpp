#include "audience/batch.h"

#include <limits>

namespace earmark::audience {
namespace {

constexpr std::uint8_t kVersion = 1;

std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
}
std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
}

/// A varint that must fit 32 bits and be below `end`.
Result<std::uint32_t> small(ByteReader& in, std::uint64_t end) {
  EARMARK_TRY(const auto value, in.get_varint());
  if (value >= end) return fail(ErrorCode::kCorrupt, "a batch of requests with a number out of its range");
  return static_cast<std::uint32_t>(value);
}

Result<Request> decode_request(ByteReader& in, std::size_t agents, std::int64_t& time_s) {
  constexpr std::uint64_t kNoEnd = std::numeric_limits<std::uint32_t>::max();
  Request request;
  EARMARK_TRY(const auto step, in.get_varint());
  time_s += unzigzag(step);
  if (time_s < 0 || time_s > static_cast<std::int64_t>(kNoEnd))
    return fail(ErrorCode::kCorrupt, "a batch of requests with an impossible time");
  request.time_s = static_cast<std::uint32_t>(time_s);
  EARMARK_TRY(request.agent, small(in, agents));
  EARMARK_TRY(request.asset, small(in, kNoEnd));
  EARMARK_TRY(request.address, in.get<std::uint64_t>());
  EARMARK_TRY(request.flags, in.get<std::uint8_t>());
  EARMARK_TRY(request.start, in.get_varint());
  EARMARK_TRY(request.bytes, in.get_varint());
  return request;
}

}  // namespace

Bytes encode_batch(const Batch& batch) {
  ByteWriter out;
  out.put(kVersion);
  out.put_varint(batch.agents.size());
  for (const auto& agent : batch.agents) {
    out.put_varint(agent.size());
    out.put_bytes(as_bytes(agent));
  }
  out.put_varint(batch.requests.size());
  std::int64_t time_s = 0;
  for (const Request& request : batch.requests) {
    out.put_varint(zigzag(std::int64_t{request.time_s} - time_s));
    time_s = request.time_s;
    out.put_varint(request.agent);
    out.put_varint(request.asset);
    out.put(request.address);
    out.put(request.flags);
    out.put_varint(request.start);
    out.put_varint(request.bytes);
  }
  return std::move(out).take();
}

Result<Batch> decode_batch(std::span<const std::byte> bytes) {
  ByteReader in(bytes);
  EARMARK_TRY(const auto version, in.get<std::uint8_t>());
  if (version != kVersion) return fail(ErrorCode::kCorrupt, "a batch of requests of an unknown version");
  Batch batch;
  EARMARK_TRY(const auto agents, in.get_varint());
  for (std::uint64_t i = 0; i < agents; ++i) {
    EARMARK_TRY(const auto size, in.get_varint());
    EARMARK_TRY(const auto text, in.get_bytes(static_cast<std::size_t>(size)));
    batch.agents.emplace_back(as_text(text));
  }
  EARMARK_TRY(const auto requests, in.get_varint());
  constexpr std::uint64_t kLeastBytes = 14;  // of a request
  if (requests > in.remaining() / kLeastBytes)
    return fail(ErrorCode::kCorrupt, "a batch of requests that is shorter than it says");
  batch.requests.reserve(static_cast<std::size_t>(requests));
  std::int64_t time_s = 0;
  for (std::uint64_t i = 0; i < requests; ++i) {
    EARMARK_TRY(const auto request, decode_request(in, batch.agents.size(), time_s));
    batch.requests.push_back(request);
  }
  return batch;
}

}  // namespace earmark::audience
