#pragma once
#include <cstddef>
#include <filesystem>
#include <memory>

#include <sys/types.h>

#include "core/result.h"

namespace earmark::api {

/// One TLS connection over a non-blocking socket that it borrows. Thread-confined.
class TlsSession {
 public:
  enum class Step { kDone, kWantsRead, kWantsWrite, kFailed };
  explicit TlsSession(void* session) : session_(session) {}
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  [[nodiscard]] Step handshake();
  /// As ::recv and ::send, with errno EAGAIN where they would block.
  [[nodiscard]] ssize_t read(char* data, std::size_t size);
  [[nodiscard]] ssize_t write(const char* data, std::size_t size);
  [[nodiscard]] bool has_pending() const;

 private:
  void* session_;  ///< SSL*
};

/// Certificate and key of a server; TLS 1.2 and later. Thread-safe.
class TlsContext {
 public:
  /// PEM files: the certificate with its chain, and its private key. kInvalidArgument with what is wrong.
  [[nodiscard]] static Result<std::unique_ptr<TlsContext>> load(const std::filesystem::path& certificate,
                                                                const std::filesystem::path& key);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  [[nodiscard]] Result<std::unique_ptr<TlsSession>> begin(int socket) const;

 private:
  explicit TlsContext(void* context) : context_(context) {}
  void* context_;  ///< SSL_CTX*
};

}  // namespace earmark::api
