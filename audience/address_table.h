#pragma once
#include <cstdint>
#include <cstring>
#include <vector>

#include "audience/address.h"

namespace earmark::audience {

/// What is known of addresses, found in one step of memory: half of a log's lines are of somebody new to the
/// cache. Thread-confined.
class AddressTable {
 public:
  struct Entry {
    Address address{};
    std::uint64_t id = 0;
    bool left_out = false;
    bool used = false;
  };

  AddressTable() : entries_(kFirstSize) {}

  void clear() {
    entries_.assign(kFirstSize, {});
    count_ = 0;
  }
  /// The entry of an address; `used` is false, and everything but the address is to be filled in, where it is
  /// new. Valid until the next call.
  Entry& operator[](const Address& address) {
    if (count_ >= kMost) clear();
    if (2 * count_ >= entries_.size()) grow();
    Entry& entry = entries_[place_of(entries_, address)];
    if (!entry.used) {
      entry.address = address;
      ++count_;
    }
    return entry;
  }

 private:
  static constexpr std::size_t kFirstSize = std::size_t{1} << 12U;
  static constexpr std::size_t kMost = std::size_t{1} << 22U;  ///< entries; 300 MB

  static std::size_t place_of(const std::vector<Entry>& entries, const Address& address) {
    std::uint64_t halves[2];
    std::memcpy(halves, address.data(), sizeof halves);
    std::uint64_t hash = (halves[0] ^ (halves[1] * 0x9e3779b97f4a7c15ULL)) * 0xbf58476d1ce4e5b9ULL;
    hash ^= hash >> 32U;
    std::size_t at = hash & (entries.size() - 1);
    while (entries[at].used && entries[at].address != address) at = (at + 1) & (entries.size() - 1);
    return at;
  }
  void grow() {
    std::vector<Entry> larger(2 * entries_.size());
    for (const Entry& entry : entries_) {
      if (entry.used) larger[place_of(larger, entry.address)] = entry;
    }
    entries_.swap(larger);
  }

  std::vector<Entry> entries_;  ///< a power of two of them, at most half used
  std::size_t count_ = 0;
};

}  // namespace earmark::audience
