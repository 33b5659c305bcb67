#include "crawler/address_guard.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <span>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace earmark::crawler {
namespace {

using Family = IpAddress::Family;

struct SpecialBlock {
  std::string_view network;
  std::string_view what;
};

/// Everything that the registry does not mark "globally reachable", and multicast, which a fetch has no use
/// for either. The blocks are looked at in order: the more telling name comes first.
constexpr SpecialBlock kSpecialV4[] = {
    {"0.0.0.0/8", "an address of \"this network\" (RFC 791)"},
    {"10.0.0.0/8", "a private address (RFC 1918)"},
    {"100.64.0.0/10", "a shared carrier address (RFC 6598)"},
    {"127.0.0.0/8", "a loopback address"},
    {"169.254.0.0/16", "a link-local address"},
    {"172.16.0.0/12", "a private address (RFC 1918)"},
    {"192.0.0.0/24", "an address for IETF protocols (RFC 6890)"},
    {"192.0.2.0/24", "a documentation address (RFC 5737)"},
    {"192.88.99.0/24", "a 6to4 relay address (RFC 7526)"},
    {"192.168.0.0/16", "a private address (RFC 1918)"},
    {"198.18.0.0/15", "a benchmarking address (RFC 2544)"},
    {"198.51.100.0/24", "a documentation address (RFC 5737)"},
    {"203.0.113.0/24", "a documentation address (RFC 5737)"},
    {"224.0.0.0/4", "a multicast address"},
    {"255.255.255.255/32", "the broadcast address"},
    {"240.0.0.0/4", "a reserved address (RFC 1112)"},
};

constexpr SpecialBlock kSpecialV6[] = {
    {"::/128", "the unspecified address"},
    {"::1/128", "a loopback address"},
    {"::ffff:0:0:0/96", "an IPv4-translated address (RFC 2765)"},
    {"64:ff9b:1::/48", "a local translation address (RFC 8215)"},
    {"100::/64", "a discard address (RFC 6666)"},
    {"2001:2::/48", "a benchmarking address (RFC 5180)"},
    {"2001:10::/28", "an ORCHID identifier (RFC 4843)"},
    {"2001:20::/28", "an ORCHID identifier (RFC 7343)"},
    {"2001::/23", "an address for IETF protocols (RFC 2928)"},
    {"2001:db8::/32", "a documentation address (RFC 3849)"},
    {"3fff::/20", "a documentation address (RFC 9637)"},
    {"5f00::/16", "a segment routing identifier (RFC 9602)"},
    {"fc00::/7", "a private (unique local) address"},
    {"fe80::/10", "a link-local address"},
    {"fec0::/10", "a private (site-local) address"},
    {"ff00::/8", "a multicast address"},
};

/// Global unicast; nothing else of IPv6 is assigned for public use (RFC 4291 §2.4). NAT64's well-known prefix
/// is the exception.
constexpr std::string_view kGlobalUnicast = "2000::/3";

struct Prefix {
  IpAddress address;
  int bits;
};

std::optional<Prefix> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;
  const int most = address->family == Family::kV4 ? 32 : 128;
  if (slash == std::string_view::npos) return Prefix{*address, most};
  const std::string_view digits = text.substr(slash + 1);
  int bits = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits > most)
    return std::nullopt;
  return Prefix{*address, bits};
}

bool is_within(const IpAddress& address, const IpAddress& network, int bits) {
  if (address.family != network.family) return false;
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (!std::equal(address.bytes.begin(), address.bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                  network.bytes.begin())) {
    return false;
  }
  const int rest = bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<unsigned>(0xFF << (8 - rest)) & 0xFFU;
  return ((static_cast<unsigned>(address.bytes[whole]) ^ network.bytes[whole]) & mask) == 0;
}

bool is_within(const IpAddress& address, std::string_view network) {
  const auto prefix = parse_network(network);
  return prefix && is_within(address, prefix->address, prefix->bits);
}

std::optional<std::string> special_block(const IpAddress& address, std::span<const SpecialBlock> table) {
  for (const SpecialBlock& block : table) {
    if (is_within(address, block.network)) return std::string(block.what);
  }
  return std::nullopt;
}

IpAddress v4_at(const IpAddress& address, std::size_t offset) {
  IpAddress inner;
  std::copy_n(address.bytes.begin() + static_cast<std::ptrdiff_t>(offset), 4, inner.bytes.begin());
  return inner;
}

std::optional<std::string> why_inner_not_public(const IpAddress& inner, std::string_view carrier) {
  const auto why = why_not_public(inner);
  if (!why) return std::nullopt;
  return fmt::format("{} around {}, {}", carrier, to_string(inner), *why);
}

/// The verdict on an address that carries an IPv4 address; the outer optional is empty for one that carries
/// none.
std::optional<std::optional<std::string>> judge_carrier(const IpAddress& address) {
  if (is_within(address, "::ffff:0:0/96"))
    return why_inner_not_public(v4_at(address, 12), "an IPv4-mapped address");
  if (is_within(address, "64:ff9b::/96")) return why_inner_not_public(v4_at(address, 12), "a NAT64 address");
  if (is_within(address, "2002::/16")) return why_inner_not_public(v4_at(address, 2), "a 6to4 address");
  if (is_within(address, "2001::/32")) {  // Teredo: the server as it is, the client with all bits flipped
    IpAddress client = v4_at(address, 12);
    for (std::size_t i = 0; i < 4; ++i) client.bytes[i] = static_cast<std::uint8_t>(~client.bytes[i]);
    if (auto why = why_inner_not_public(client, "a Teredo address")) return why;
    return why_inner_not_public(v4_at(address, 4), "a Teredo address");
  }
  return std::nullopt;
}

}  // namespace

Result<IpAddress> parse_ip(std::string_view text) {
  const std::string terminated(text);
  IpAddress address;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) return address;
  address.family = Family::kV6;
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  return fail(ErrorCode::kInvalidArgument, fmt::format("\"{}\" is no IP address", terminated));
}

std::string to_string(const IpAddress& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.family == Family::kV4 ? AF_INET : AF_INET6;
  return inet_ntop(family, address.bytes.data(), text.data(), text.size()) == nullptr ? std::string()
                                                                                      : text.data();
}

std::optional<IpAddress> address_of(const sockaddr& socket_address) {
  IpAddress address;
  if (socket_address.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &socket_address, sizeof in);
    std::memcpy(address.bytes.data(), &in.sin_addr, sizeof in.sin_addr);
    return address;
  }
  if (socket_address.sa_family == AF_INET6) {
    sockaddr_in6 in6{};
    std::memcpy(&in6, &socket_address, sizeof in6);
    std::memcpy(address.bytes.data(), &in6.sin6_addr, sizeof in6.sin6_addr);
    address.family = Family::kV6;
    return address;
  }
  return std::nullopt;
}

std::optional<std::string> why_not_public(const IpAddress& address) {
  if (address.family == Family::kV4) return special_block(address, kSpecialV4);
  if (const auto verdict = judge_carrier(address)) return *verdict;
  if (auto special = special_block(address, kSpecialV6)) return special;
  if (is_within(address, kGlobalUnicast)) return std::nullopt;
  return "an address outside the assigned global range (RFC 4291)";
}

Status AddressGuard::allow(std::string_view network) {
  const auto prefix = parse_network(network);
  if (!prefix) {
    return fail(ErrorCode::kInvalidArgument,
                fmt::format("\"{}\" is no network, expected like 10.1.2.0/24", network));
  }
  allowed_.push_back({prefix->address, prefix->bits});
  return {};
}

std::optional<std::string> AddressGuard::refusal(const IpAddress& address) const {
  if (policy_ == Policy::kAllowAll) return std::nullopt;
  for (const Network& network : allowed_) {
    if (is_within(address, network.address, network.bits)) return std::nullopt;
  }
  const auto why = why_not_public(address);
  if (!why) return std::nullopt;
  return fmt::format("{} is {}; use --allow-private to crawl it", to_string(address), *why);
}

}  // namespace earmark::crawler
