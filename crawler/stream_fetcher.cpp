#include "crawler/stream_fetcher.h"

#include <utility>

#include "crawler/fetching.h"

namespace earmark::crawler {
namespace {

FetchLimits stream_limits() {
  FetchLimits limits;
  limits.total_timeout = std::chrono::hours(24 * 20);  // libcurl counts ms in 31 bits
  limits.least_bytes_per_second = 1;
  limits.slow_for = std::chrono::seconds(20);
  limits.most_received = 1ULL << 60;
  limits.most_bytes = 1ULL << 60;
  return limits;
}

}  // namespace

StreamFetcher::StreamFetcher(std::unique_ptr<Fetching> fetching) : fetching_(std::move(fetching)) {}
StreamFetcher::~StreamFetcher() = default;

Result<std::unique_ptr<StreamFetcher>> StreamFetcher::create(CurlFetcher::Options options) {
  EARMARK_TRY(auto fetching, Fetching::create(std::move(options)));
  return std::unique_ptr<StreamFetcher>(new StreamFetcher(std::make_unique<Fetching>(std::move(fetching))));
}

Result<FetchRecord> StreamFetcher::fetch(const FetchRequest& request, const StreamSink& sink) {
  const FetchLimits limits = stream_limits();
  std::uint64_t bytes = 0;
  FetchPlan plan{request,
                 limits,
                 false,
                 false,
                 [&](std::span<const std::byte> piece) {
                   bytes += piece.size();
                   return sink.on_bytes(piece);
                 },
                 nullptr};
  plan.headers = {"Icy-MetaData: 1"};
  plan.on_answer = sink.on_answer;
  bool not_modified = false;
  EARMARK_TRY(auto record, fetching_->fetch(plan, not_modified));
  record.bytes = bytes;
  return record;
}

}  // namespace earmark::crawler
