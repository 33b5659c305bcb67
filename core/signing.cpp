#include "core/signing.h"

#include <sodium.h>

#include "core/check.h"
#include "core/hash.h"

namespace earmark {
namespace {

using SecretKey = std::array<unsigned char, crypto_sign_SECRETKEYBYTES>;

const unsigned char* raw(const std::byte* p) { return reinterpret_cast<const unsigned char*>(p); }
unsigned char* raw(std::byte* p) { return reinterpret_cast<unsigned char*>(p); }

void start_sodium() {
  static const int started = sodium_init();
  EARMARK_CHECK(started >= 0, "libsodium starts");
}

/// Erased when it goes.
class Expanded {
 public:
  explicit Expanded(const SigningSeed& seed) {
    start_sodium();
    crypto_sign_seed_keypair(raw(public_.data()), secret_.data(), raw(seed.data()));
  }
  ~Expanded() { sodium_memzero(secret_.data(), secret_.size()); }
  Expanded(const Expanded&) = delete;
  Expanded& operator=(const Expanded&) = delete;
  [[nodiscard]] const PublicKey& public_key() const { return public_; }
  [[nodiscard]] const unsigned char* secret() const { return secret_.data(); }

 private:
  PublicKey public_{};
  SecretKey secret_{};
};

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace

SigningSeed new_signing_seed() {
  start_sodium();
  SigningSeed seed{};
  randombytes_buf(seed.data(), seed.size());
  return seed;
}

PublicKey public_key_of(const SigningSeed& seed) { return Expanded(seed).public_key(); }

Signature sign(const SigningSeed& seed, std::span<const std::byte> message) {
  const Expanded key(seed);
  Signature signature{};
  crypto_sign_detached(raw(signature.data()), nullptr, raw(message.data()), message.size(), key.secret());
  return signature;
}

bool is_signed_by(const PublicKey& key, std::span<const std::byte> message,
                  std::span<const std::byte> signature) {
  start_sodium();
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(raw(signature.data()), raw(message.data()), message.size(),
                                     raw(key.data())) == 0;
}

std::string to_pem(const PublicKey& key) {
  constexpr std::array<unsigned char, 12> kPrefix = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                     0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};
  Bytes der;
  for (const unsigned char byte : kPrefix) der.push_back(static_cast<std::byte>(byte));
  der.insert(der.end(), key.begin(), key.end());
  return "-----BEGIN PUBLIC KEY-----\n" + to_base64(der) + "\n-----END PUBLIC KEY-----\n";
}

Result<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fail(ErrorCode::kInvalidArgument, "an odd number of hexadecimal digits");
  Bytes bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0)
      return fail(ErrorCode::kInvalidArgument, "'" + std::string(text) + "' is no hexadecimal");
    bytes.push_back(static_cast<std::byte>(high * 16 + low));
  }
  return bytes;
}

}  // namespace earmark
