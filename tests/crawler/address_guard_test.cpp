#include "crawler/address_guard.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

#include "tests/support/result_matchers.h"

namespace earmark::crawler {
namespace {

std::string verdict(std::string_view text) {
  const auto address = parse_ip(text);
  if (!address) return "no address";
  return why_not_public(*address).value_or("public");
}

TEST(AddressGuard, KnowsPublicAddresses) {
  for (const char* text :
       {"1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.167.1.1",
        "169.253.0.1", "198.17.255.255", "198.20.0.0", "223.255.255.255", "126.255.255.255", "128.0.0.0",
        "2606:4700:4700::1111", "2a00:1450:4001::1", "2003::1", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8",
        "2002:808:808::1"}) {
    EXPECT_EQ(verdict(text), "public") << text;
  }
}

TEST(AddressGuard, KnowsSpecialIpv4) {
  EXPECT_EQ(verdict("127.0.0.1"), "a loopback address");
  EXPECT_EQ(verdict("127.255.255.254"), "a loopback address");
  EXPECT_EQ(verdict("169.254.169.254"), "a link-local address");
  EXPECT_EQ(verdict("255.255.255.255"), "the broadcast address");
  for (const char* text :
       {"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "172.16.0.1",
        "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.168.1.1", "192.88.99.1", "198.18.0.1",
        "198.19.255.255", "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.255", "240.0.0.1"}) {
    EXPECT_NE(verdict(text), "public") << text;
  }
}

TEST(AddressGuard, KnowsSpecialIpv6) {
  EXPECT_EQ(verdict("::1"), "a loopback address");
  EXPECT_EQ(verdict("fe80::1"), "a link-local address");
  for (const char* text :
       {"::",      "::2",     "::7f00:1",     "fc00::1",          "fdff::1",    "febf::1",    "fec0::1",
        "ff02::1", "100::1",  "2001:db8::1",  "2001:2::1",        "2001:10::1", "2001:20::1", "2001:1::1",
        "3fff::1", "5f00::1", "64:ff9b:1::1", "::ffff:0:1.2.3.4", "4000::1",    "e000::1"}) {
    EXPECT_NE(verdict(text), "public") << text;
  }
}

TEST(AddressGuard, LooksIntoAddressesThatCarryOthers) {
  EXPECT_EQ(verdict("::ffff:127.0.0.1"), "an IPv4-mapped address around 127.0.0.1, a loopback address");
  EXPECT_EQ(verdict("64:ff9b::10.0.0.1"), "a NAT64 address around 10.0.0.1, a private address (RFC 1918)");
  EXPECT_EQ(verdict("2002:a9fe:a9fe::1"), "a 6to4 address around 169.254.169.254, a link-local address");
  EXPECT_EQ(verdict("2001:0:808:808::f5ff:fffe"),
            "a Teredo address around 10.0.0.1, a private address (RFC 1918)");
  EXPECT_EQ(verdict("2001:0:a00:1::f7f7:f7f7"),
            "a Teredo address around 10.0.0.1, a private address (RFC 1918)");
}

TEST(AddressGuard, SaysWhatToDo) {
  const AddressGuard guard;
  ASSERT_OK_AND(const IpAddress loopback, parse_ip("127.0.0.1"));

  EXPECT_EQ(guard.refusal(loopback).value_or(""),
            "127.0.0.1 is a loopback address; use --allow-private to crawl it");
}

TEST(AddressGuard, LetsThroughWhatItIsTold) {
  AddressGuard guard;
  ASSERT_OK(guard.allow("127.0.0.1"));
  ASSERT_OK(guard.allow("10.1.2.0/23"));
  ASSERT_OK(guard.allow("fd00::/9"));
  const auto is_allowed = [&](const char* text) { return !guard.refusal(*parse_ip(text)).has_value(); };

  EXPECT_TRUE(is_allowed("127.0.0.1"));
  EXPECT_FALSE(is_allowed("127.0.0.2"));
  EXPECT_TRUE(is_allowed("10.1.3.255"));
  EXPECT_FALSE(is_allowed("10.1.4.0"));
  EXPECT_TRUE(is_allowed("fd7f::1"));
  EXPECT_FALSE(is_allowed("fd80::1"));
  EXPECT_TRUE(is_allowed("8.8.8.8"));
  EXPECT_FALSE(AddressGuard(AddressGuard::Policy::kAllowAll).refusal(*parse_ip("::1")).has_value());
}

TEST(AddressGuard, RejectsWhatIsNoNetwork) {
  AddressGuard guard;
  for (const char* text : {"", "localhost", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "1.2.3"}) {
    SCOPED_TRACE(text);
    EXPECT_FAILS(guard.allow(text), ErrorCode::kInvalidArgument);
  }
}

TEST(AddressGuard, ReadsSocketAddresses) {
  sockaddr_in6 in6{};
  in6.sin6_family = AF_INET6;
  in6.sin6_addr = in6addr_loopback;
  sockaddr unix_domain{};
  unix_domain.sa_family = AF_UNIX;

  EXPECT_EQ(address_of(reinterpret_cast<const sockaddr&>(in6)), *parse_ip("::1"));
  EXPECT_FALSE(address_of(unix_domain).has_value());
}

}  // namespace
}  // namespace earmark::crawler
