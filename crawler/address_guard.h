#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

struct sockaddr;

namespace earmark::crawler {

/// An IPv4 or IPv6 address. IPv4 fills the first four bytes.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};
  enum class Family : std::uint8_t { kV4, kV6 } family = Family::kV4;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;
};

/// "192.0.2.1", "2001:db8::1". kInvalidArgument.
[[nodiscard]] Result<IpAddress> parse_ip(std::string_view text);
[[nodiscard]] std::string to_string(const IpAddress& address);
/// Nothing for a family other than IPv4 and IPv6.
[[nodiscard]] std::optional<IpAddress> address_of(const sockaddr& socket_address);

/// Why the address is not one of the public Internet ("a loopback address"); nothing when it is. Addresses
/// that carry an IPv4 address within (mapped, NAT64, 6to4, Teredo) are judged by that one too. Source: IANA
/// IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and later), RFC 4291, 6052, 3056, 4380.
[[nodiscard]] std::optional<std::string> why_not_public(const IpAddress& address);

/// Which addresses may be connected to: the crawler's fence against feeds that point into our own network.
/// Immutable once set up.
class AddressGuard {
 public:
  enum class Policy { kPublicOnly, kAllowAll };
  explicit AddressGuard(Policy policy = Policy::kPublicOnly) : policy_(policy) {}

  /// Lets one network through whatever it is: "10.1.2.0/24", "127.0.0.1", "fd00::/8". kInvalidArgument.
  [[nodiscard]] Status allow(std::string_view network);

  /// The reason of a refusal, a clause with the address in it; nothing when the address is allowed.
  [[nodiscard]] std::optional<std::string> refusal(const IpAddress& address) const;

 private:
  struct Network {
    IpAddress address;
    int bits = 0;
  };
  Policy policy_;
  std::vector<Network> allowed_;
};

}  // namespace earmark::crawler
