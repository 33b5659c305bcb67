#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "crawler/address_guard.h"

namespace earmark::crawler {

/// What one fetch may cost; reaching a size is kResourceExhausted, reaching a time kUnavailable.
struct FetchLimits {
  std::chrono::milliseconds connect_timeout{15'000};
  std::chrono::milliseconds total_timeout{120'000};  ///< redirects included
  std::uint64_t least_bytes_per_second = 1000;       ///< slower than that
  std::chrono::seconds slow_for{30};                 ///< for so long is given up
  std::uint64_t most_received = 64 << 20;            ///< bytes of the body as sent
  std::uint64_t most_bytes = 64 << 20;               ///< bytes of the body once decompressed
  int most_redirects = 10;
};

/// Bytes received so far, and of how many where the server said.
using FetchProgress = std::function<void(std::uint64_t received, std::optional<std::uint64_t> total)>;

/// What came back from one request, as far as it came.
struct Answer {
  int status = 0;  ///< 0: none came
  std::string peer;
  std::string etag, last_modified, content_type, location;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case, in order
  std::uint64_t received = 0;                                ///< bytes of the body as sent
  std::uint64_t body_bytes = 0;                              ///< decompressed

  /// The value of the first header of that name (in lower case); empty: none.
  [[nodiscard]] std::string_view header(std::string_view name) const {
    for (const auto& [known, value] : headers) {
      if (known == name) return value;
    }
    return {};
  }
};

/// Takes the body of a 2xx answer as it comes; an error ends the transfer.
using BodySink = std::function<Status(std::span<const std::byte>, const Answer&)>;

struct TransferRequest {
  std::string url;
  std::string user_agent;
  std::vector<std::string> headers;  ///< "Name: value", safe to send
  bool accepts_compressed = true;
  const AddressGuard* guard = nullptr;
  const FetchLimits* limits = nullptr;
  std::chrono::milliseconds time_left{0};
  std::uint64_t had_before = 0;  ///< bytes of the body that are here already: they count for the limits
  FetchProgress progress;
  std::stop_token stop;
  BodySink sink;
};

/// Sends single HTTP requests with libcurl and keeps connections for the next. Redirects are answers like
/// others. Every socket's address, after DNS, goes past the guard; http and https only; no proxy, cookie,
/// credential or configuration from the environment. Synchronised.
class TransferPool {
 public:
  /// kInternal: libcurl cannot be set up.
  [[nodiscard]] static Result<TransferPool> create();
  TransferPool(TransferPool&&) noexcept;
  TransferPool& operator=(TransferPool&&) noexcept;
  ~TransferPool();

  /// What came is in `answer`, also where it fails. Errors as Fetcher's, without the URL in front; whatever
  /// the status is, it is no error here.
  [[nodiscard]] Status run(const TransferRequest& request, Answer& answer);

 private:
  struct State;
  explicit TransferPool(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace earmark::crawler
