#pragma once
// Internet addresses as measurement sees them: never printed, never stored.
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace earmark::audience {

/// An address in network order; IPv4 as ::ffff:a.b.c.d.
using Address = std::array<std::uint8_t, 16>;

/// IPv4, IPv6 (with or without brackets and zone), and IPv4 within IPv6. Nothing: it is none.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);

/// What stands for one household: IPv4 as it is, IPv6 cut to its first 64 bits.
/// Source: IAB Podcast Technical Measurement Guidelines 2.x.
[[nodiscard]] Address listener_part(const Address& address);

/// Networks that are left out (data centres, VPN) or let pass, each until a day where one is given.
/// Immutable.
class Networks {
 public:
  /// One network a line, "192.0.2.0/24" or "2001:db8::/32" or an address, then optionally a comma or space
  /// and the day, "2026-11-01", on which it was last looked at; "#" begins a comment. kInvalidArgument with
  /// the number of the line.
  [[nodiscard]] static Result<Networks> parse(std::string_view text);

  /// Whether one of the networks holds the address.
  [[nodiscard]] bool contains(const Address& address) const;
  /// As above, by a line whose day is less than `life_s` before `time_s`; lines without a day do not count.
  [[nodiscard]] bool contains(const Address& address, std::int64_t time_s, std::int64_t life_s) const;
  [[nodiscard]] bool empty() const { return networks_.empty(); }

 private:
  struct Network {
    Address first{};
    unsigned bits = 0;         ///< of 128
    std::int64_t seen_s = -1;  ///< -1: no day
  };
  std::vector<Network> networks_;  ///< ordered by length, then address
  std::vector<unsigned> lengths_;  ///< that occur
};

}  // namespace earmark::audience
