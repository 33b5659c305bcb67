// The home of OpenSSL.
#include "api/tls.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace earmark::api {
namespace {

SSL* raw(void* session) { return static_cast<SSL*>(session); }
SSL_CTX* context_of(void* context) { return static_cast<SSL_CTX*>(context); }

std::string last_error() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

/// What a call that moved no bytes means, in the words of recv().
ssize_t outcome(SSL* session, int returned) {
  switch (SSL_get_error(session, returned)) {
    case SSL_ERROR_ZERO_RETURN: return 0;
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: errno = EAGAIN; return -1;
    default: break;
  }
  ERR_clear_error();
  errno = EPROTO;
  return -1;
}

int size_of(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

TlsSession::~TlsSession() {
  SSL_shutdown(raw(session_));  // tells the other end; does not wait for its answer
  ERR_clear_error();
  SSL_free(raw(session_));
}

TlsSession::Step TlsSession::handshake() {
  const int done = SSL_accept(raw(session_));
  if (done == 1) return Step::kDone;
  const int error = SSL_get_error(raw(session_), done);
  ERR_clear_error();
  if (error == SSL_ERROR_WANT_READ) return Step::kWantsRead;
  return error == SSL_ERROR_WANT_WRITE ? Step::kWantsWrite : Step::kFailed;
}

ssize_t TlsSession::read(char* data, std::size_t size) {
  const int n = SSL_read(raw(session_), data, size_of(size));
  return n > 0 ? n : outcome(raw(session_), n);
}

ssize_t TlsSession::write(const char* data, std::size_t size) {
  if (size == 0) return 0;
  const int n = SSL_write(raw(session_), data, size_of(size));
  if (n > 0) return n;
  if (outcome(raw(session_), n) == 0) errno = EPIPE;  // the other end has said good-bye
  return -1;
}

bool TlsSession::has_pending() const { return SSL_pending(raw(session_)) > 0; }

Result<std::unique_ptr<TlsContext>> TlsContext::load(const std::filesystem::path& certificate,
                                                     const std::filesystem::path& key) {
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  if (context == nullptr) return fail(ErrorCode::kInternal, "TLS: " + last_error());
  std::unique_ptr<TlsContext> owner(new TlsContext(context));
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1)
    return fail(ErrorCode::kInvalidArgument, certificate.string() + ": no PEM certificate: " + last_error());
  if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1)
    return fail(ErrorCode::kInvalidArgument, key.string() + ": no PEM private key: " + last_error());
  if (SSL_CTX_check_private_key(context) != 1) {
    return fail(ErrorCode::kInvalidArgument,
                key.string() + " is not the key of " + certificate.string() + ": " + last_error());
  }
  return owner;
}

TlsContext::~TlsContext() { SSL_CTX_free(context_of(context_)); }

Result<std::unique_ptr<TlsSession>> TlsContext::begin(int socket) const {
  SSL* const session = SSL_new(context_of(context_));
  if (session == nullptr || SSL_set_fd(session, socket) != 1) {
    SSL_free(session);
    return fail(ErrorCode::kResourceExhausted, "TLS: " + last_error());
  }
  return std::make_unique<TlsSession>(session);
}

}  // namespace earmark::api
