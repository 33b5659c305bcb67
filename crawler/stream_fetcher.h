#pragma once
#include <functional>
#include <memory>
#include <span>

#include "crawler/fetcher.h"

namespace earmark::crawler {

class Fetching;

/// Takes a body that has no end, as it comes; an error ends the fetch with it.
struct StreamSink {
  std::function<Status(const FetchRecord&)> on_answer;  ///< before the first byte; what is known then
  std::function<Status(std::span<const std::byte>)> on_bytes;
};

/// Gets what has no end over HTTP; else as CurlFetcher, with the same guard, names and errors. Synchronised.
class StreamFetcher {
 public:
  /// Errors: as CurlFetcher::create. The limits of the options are not used.
  [[nodiscard]] static Result<std::unique_ptr<StreamFetcher>> create(CurlFetcher::Options options);
  ~StreamFetcher();
  StreamFetcher(const StreamFetcher&) = delete;
  StreamFetcher& operator=(const StreamFetcher&) = delete;

  /// Until the server ends it: no limit of size or time, but one that sends nothing for 20 s is given up
  /// (kUnavailable). The gate is left when the answer is there: a stream keeps no place from others.
  /// Validators of the request are not used. Titles are asked for (ICY).
  [[nodiscard]] Result<FetchRecord> fetch(const FetchRequest& request, const StreamSink& sink);

 private:
  explicit StreamFetcher(std::unique_ptr<Fetching> fetching);
  std::unique_ptr<Fetching> fetching_;
};

}  // namespace earmark::crawler
