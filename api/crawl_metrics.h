#pragma once
#include <vector>

#include "api/metrics.h"
#include "registry/registry.h"

namespace earmark::api {

/// How the crawl of this store is getting on, whichever processes do it.
[[nodiscard]] Result<std::vector<MetricFamily>> crawl_metrics(registry::Registry& registry);

}  // namespace earmark::api
