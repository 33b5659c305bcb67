#include "audience/address.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>
#include <tuple>

#include <arpa/inet.h>
#include <fmt/format.h>

#include "core/time.h"

namespace earmark::audience {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::optional<Address> parse_v4(std::string_view text) {
  Address address{};
  std::copy(kMapped.begin(), kMapped.end(), address.begin());
  std::size_t at = kMapped.size();
  unsigned part = 0;
  unsigned digits = 0;
  for (const char c : text) {
    if (c == '.') {
      if (digits == 0 || at + 1 >= address.size()) return std::nullopt;
      address[at++] = static_cast<std::uint8_t>(part);
      part = digits = 0;
      continue;
    }
    if (c < '0' || c > '9' || ++digits > 3) return std::nullopt;
    part = part * 10 + static_cast<unsigned>(c - '0');
    if (part > 255) return std::nullopt;
  }
  if (digits == 0 || at + 1 != address.size()) return std::nullopt;
  address[at] = static_cast<std::uint8_t>(part);
  return address;
}

bool is_v4(const Address& address) { return std::equal(kMapped.begin(), kMapped.end(), address.begin()); }

Address cut(Address address, unsigned bits) {
  for (unsigned i = 0; i < address.size(); ++i) {
    const unsigned kept = bits > 8 * i ? std::min(bits - 8 * i, 8U) : 0;
    address[i] = static_cast<std::uint8_t>(address[i] & (0xff00U >> kept));
  }
  return address;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  if (text.starts_with('[')) text = text.substr(1, text.find(']') - 1);
  if (text.find(':') == std::string_view::npos) return parse_v4(text);
  text = text.substr(0, text.find('%'));
  constexpr std::size_t kLongest = 45;
  if (text.size() > kLongest) return std::nullopt;
  char buffer[kLongest + 1] = {};
  std::memcpy(buffer, text.data(), text.size());
  Address address{};
  if (inet_pton(AF_INET6, buffer, address.data()) != 1) return std::nullopt;
  return address;
}

Address listener_part(const Address& address) {
  constexpr unsigned kSiteBits = 64;
  return is_v4(address) ? address : cut(address, kSiteBits);
}

Result<Networks> Networks::parse(std::string_view text) {
  Networks out;
  std::size_t line_number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_number;
    line = line.substr(0, line.find('#'));
    const auto from = line.find_first_not_of(" \t\r");
    if (from == std::string_view::npos) continue;
    line = line.substr(from, line.find_last_not_of(" \t\r") - from + 1);
    const auto bad = [&](std::string_view what) {
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("line {}: {}, expected e.g. 192.0.2.0/24 or 192.0.2.0/24,2026-11-01",
                              line_number, what));
    };
    const auto name = line.substr(0, line.find_first_of(", \t"));
    const auto slash = name.find('/');
    const auto address = parse_address(name.substr(0, slash));
    if (!address) return bad("no network");
    const unsigned most = is_v4(*address) ? 32 : 128;
    unsigned bits = most;
    if (slash != std::string_view::npos) {
      const auto digits = name.substr(slash + 1);
      const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
      if (error != std::errc{} || stop != digits.data() + digits.size() || bits > most)
        return bad("no length of a network");
    }
    Network network;
    network.bits = bits + (128 - most);
    network.first = cut(*address, network.bits);
    const auto day_at = line.find_first_not_of(", \t", name.size());
    if (day_at != std::string_view::npos) {
      const auto day = parse_rfc3339(std::string(line.substr(day_at)) + "T00:00:00Z");
      if (!day) return bad("no day");
      network.seen_s = std::chrono::floor<std::chrono::seconds>(*day).time_since_epoch().count();
    }
    out.networks_.push_back(network);
  }
  const auto order = [](const Network& a, const Network& b) {
    return std::tie(a.bits, a.first, a.seen_s) < std::tie(b.bits, b.first, b.seen_s);
  };
  std::sort(out.networks_.begin(), out.networks_.end(), order);
  for (const Network& network : out.networks_) {
    if (out.lengths_.empty() || out.lengths_.back() != network.bits) out.lengths_.push_back(network.bits);
  }
  return out;
}

bool Networks::contains(const Address& address) const { return contains(address, 0, -1); }

bool Networks::contains(const Address& address, std::int64_t time_s, std::int64_t life_s) const {
  for (const unsigned bits : lengths_) {
    const Address first = cut(address, bits);
    auto at = std::lower_bound(
        networks_.begin(), networks_.end(), std::tie(bits, first),
        [](const Network& network, const auto& key) { return std::tie(network.bits, network.first) < key; });
    for (; at != networks_.end() && at->bits == bits && at->first == first; ++at) {
      if (life_s < 0) return true;
      if (at->seen_s >= 0 && time_s < at->seen_s + life_s) return true;
    }
  }
  return false;
}

}  // namespace earmark::audience
