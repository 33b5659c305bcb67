#include "crawler/fetcher.h"

#include <utility>

#include "crawler/fetching.h"
#include "crawler/spool.h"

namespace earmark::crawler {

FetchLimits media_limits() {
  FetchLimits limits;
  limits.total_timeout = std::chrono::hours(4);
  limits.most_received = 4ULL << 30;
  limits.most_bytes = 4ULL << 30;
  return limits;
}

struct CurlFetcher::State {
  Fetching fetching;
};

Result<std::unique_ptr<CurlFetcher>> CurlFetcher::create(Options options) {
  EARMARK_TRY(auto fetching, Fetching::create(std::move(options)));
  auto state = std::make_unique<State>(State{std::move(fetching)});
  return std::unique_ptr<CurlFetcher>(new CurlFetcher(std::move(state)));
}

CurlFetcher::CurlFetcher(std::unique_ptr<State> state) : state_(std::move(state)) {}
CurlFetcher::~CurlFetcher() = default;

const std::string& CurlFetcher::user_agent() const { return state_->fetching.user_agent(); }

Result<FetchedDocument> CurlFetcher::fetch_document(const FetchRequest& request) {
  FetchedDocument document;
  FetchPlan plan{request,
                 state_->fetching.options().document_limits,
                 true,
                 false,
                 [&](std::span<const std::byte> bytes) -> Status {
                   document.body.insert(document.body.end(), bytes.begin(), bytes.end());
                   return {};
                 },
                 nullptr};
  plan.conditional = !request.etag.empty() || !request.last_modified.empty();
  bool not_modified = false;
  EARMARK_TRY(document.record, state_->fetching.fetch(plan, not_modified));
  document.state = not_modified ? FetchedDocument::State::kNotModified : FetchedDocument::State::kNew;
  document.record.bytes = document.body.size();
  document.record.sha256 = sha256(document.body);
  return document;
}

Result<FetchedMedia> CurlFetcher::fetch_media(const FetchRequest& request) {
  EARMARK_TRY(SpoolFile file, SpoolFile::create(state_->fetching.options().spool_folder,
                                                state_->fetching.options().keep_free));
  Sha256Stream digest;
  Resume resume;
  resume.restart = [&]() -> Status {
    digest = Sha256Stream();
    return file.clear();
  };
  const FetchPlan plan{request,
                       state_->fetching.options().media_limits,
                       false,
                       false,
                       [&](std::span<const std::byte> bytes) -> Status {
                         digest.update(bytes);
                         return file.append(bytes);
                       },
                       &resume};
  FetchedMedia media;
  bool not_modified = false;
  EARMARK_TRY(media.record, state_->fetching.fetch(plan, not_modified));
  media.record.received = std::max(media.record.received, file.size());
  media.record.bytes = file.size();
  media.record.sha256 = digest.finish();
  media.source = std::move(file).into_source(request.url.shown());
  return media;
}

}  // namespace earmark::crawler
