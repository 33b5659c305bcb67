#pragma once
#include <memory>
#include <string>

#include "catalogue/catalogue.h"
#include "cli/commands.h"
#include "crawler/fetcher.h"

namespace earmark::cli {

/// Everything that a crawl needs, in the order in which it depends on each other.
struct CrawlParts {
  std::unique_ptr<catalogue::Catalogue> catalogue;
  std::unique_ptr<crawler::CurlFetcher> fetcher;
};

/// How a crawl fetches.
[[nodiscard]] crawler::CurlFetcher::Options fetching_options(const Common& common, bool allow_private,
                                                             const std::string& contact);
[[nodiscard]] Result<CrawlParts> make_crawl_parts(const Common& common, bool allow_private,
                                                  const std::string& contact);

}  // namespace earmark::cli
