#include "core/sealing.h"

#include <algorithm>

#include <sodium.h>

#include "core/hash.h"

namespace earmark {
namespace {

const unsigned char* raw(const std::byte* p) { return reinterpret_cast<const unsigned char*>(p); }
unsigned char* raw(std::byte* p) { return reinterpret_cast<unsigned char*>(p); }

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(std::tuple_size_v<SealingKey> == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

}  // namespace

SealingKey new_sealing_key() {
  SealingKey key;
  const Bytes bytes = random_bytes(key.size());
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

Bytes seal(const SealingKey& key, std::span<const std::byte> text) {
  // A key of its own for the nonces: the sealing key is used for one thing only.
  const Sha256 nonce_key = hmac_sha256(key, as_bytes("earmark sealing nonce"));
  const Sha256 digest = hmac_sha256(nonce_key, text);
  Bytes sealed(kNonce + text.size() + kTag);
  std::copy_n(digest.begin(), kNonce, sealed.begin());
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed.data() + kNonce), nullptr, raw(text.data()),
                                             text.size(), nullptr, 0, nullptr, raw(sealed.data()),
                                             raw(key.data()));
  return sealed;
}

Result<Bytes> unseal(const SealingKey& key, std::span<const std::byte> sealed) {
  if (sealed.size() < kNonce + kTag) return fail(ErrorCode::kCorrupt, "sealed bytes are too short to be any");
  Bytes text(sealed.size() - kNonce - kTag);
  const auto body = sealed.subspan(kNonce);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(raw(text.data()), nullptr, nullptr, raw(body.data()),
                                                 body.size(), nullptr, 0, raw(sealed.data()),
                                                 raw(key.data())) != 0) {
    return fail(ErrorCode::kCorrupt, "sealed bytes were changed, or sealed with another key");
  }
  return text;
}

}  // namespace earmark
