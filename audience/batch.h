#pragma once
// What an import keeps of a log: requests with their user agents, in a few bytes each, to be sealed.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "audience/request.h"
#include "core/bytes.h"
#include "core/result.h"

namespace earmark::audience {

/// Requests, and the user agents that they index.
struct Batch {
  std::vector<std::string> agents;
  std::vector<Request> requests;
};

/// u8 version 1; varint agents, each varint length and bytes; varint requests, each: zigzag varint of the
/// time since the one before, varint agent, varint asset, u64 address, u8 flags, varint start, varint bytes.
[[nodiscard]] Bytes encode_batch(const Batch& batch);
/// kCorrupt; also where an agent is not in the batch.
[[nodiscard]] Result<Batch> decode_batch(std::span<const std::byte> bytes);

}  // namespace earmark::audience
