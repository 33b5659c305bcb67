#pragma once
#include <chrono>
#include <optional>
#include <stop_token>

#include "core/result.h"
#include "crawler/url.h"

namespace earmark::crawler {

/// How a host answered, for whoever is to be polite to it.
struct HostAnswer {
  int status = 0;                                   ///< 0: no answer
  std::optional<std::chrono::seconds> retry_after;  ///< that it asked for
};

/// Stands in front of every request, redirects included.
class HostGate {
 public:
  virtual ~HostGate() = default;
  /// Waits until the host of `url` may be asked. kRefused: it does not want to be; kUnavailable: not for
  /// longer than one waits, or stopped. Each success is followed by one leave().
  [[nodiscard]] virtual Status enter(const Url& url, const std::stop_token& stop) = 0;
  virtual void leave(const Url& url, const HostAnswer& answer) = 0;
};

}  // namespace earmark::crawler
