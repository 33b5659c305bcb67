#include "core/hash.h"

#include <sodium.h>

#include "core/check.h"

namespace earmark {
namespace {

const unsigned char* raw(const std::byte* p) { return reinterpret_cast<const unsigned char*>(p); }
unsigned char* raw(std::byte* p) { return reinterpret_cast<unsigned char*>(p); }

std::string encode_base64(std::span<const std::byte> bytes, int variant) {
  std::string text(sodium_base64_encoded_len(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), raw(bytes.data()), bytes.size(), variant);
  text.pop_back();  // sodium's end of string
  return text;
}

Result<Bytes> decode_base64(std::string_view text, int variant) {
  Bytes bytes(text.size());
  std::size_t size = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(raw(bytes.data()), bytes.size(), text.data(), text.size(), nullptr,
                                       &size, &end, variant);
  if (failed != 0 || end != text.data() + text.size()) return fail(ErrorCode::kInvalidArgument, "not base64");
  bytes.resize(size);
  return bytes;
}

}  // namespace

struct Sha256Stream::State {
  crypto_hash_sha256_state sodium;
};

Sha256 sha256(std::span<const std::byte> bytes) {
  Sha256 digest;
  crypto_hash_sha256(raw(digest.data()), raw(bytes.data()), bytes.size());
  return digest;
}

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) { crypto_hash_sha256_init(&state_->sodium); }
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::update(std::span<const std::byte> bytes) {
  crypto_hash_sha256_update(&state_->sodium, raw(bytes.data()), bytes.size());
}

Sha256 Sha256Stream::finish() {
  Sha256 digest;
  crypto_hash_sha256_final(&state_->sodium, raw(digest.data()));
  return digest;
}

std::string to_hex(std::span<const std::byte> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    text.push_back(kDigits[std::to_integer<unsigned>(byte) >> 4]);
    text.push_back(kDigits[std::to_integer<unsigned>(byte) & 15U]);
  }
  return text;
}

Sha256 hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> message) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, raw(key.data()), key.size());
  crypto_auth_hmacsha256_update(&state, raw(message.data()), message.size());
  Sha256 code;
  crypto_auth_hmacsha256_final(&state, raw(code.data()));
  return code;
}

Bytes random_bytes(std::size_t count) {
  static const int ready = sodium_init();  // opens the generator; a static, so that only one thread does
  EARMARK_CHECK(ready >= 0, "libsodium cannot reach the system's random generator");
  Bytes bytes(count);
  randombytes_buf(bytes.data(), bytes.size());
  return bytes;
}

bool same_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_base64(std::span<const std::byte> bytes) {
  return encode_base64(bytes, sodium_base64_VARIANT_ORIGINAL);
}
Result<Bytes> from_base64(std::string_view text) {
  return decode_base64(text, sodium_base64_VARIANT_ORIGINAL);
}
std::string to_base64url(std::span<const std::byte> bytes) {
  return encode_base64(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
std::string random_token(std::size_t bytes) {
  std::string token;
  do {
    token = to_base64url(random_bytes(bytes));
  } while (token.starts_with('-'));
  return token;
}

Result<Bytes> from_base64url(std::string_view text) {
  return decode_base64(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

}  // namespace earmark
