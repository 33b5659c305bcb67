#pragma once
#include <string>

#include "catalogue/catalogue.h"
#include "crawler/fetcher.h"
#include "fingerprint/types.h"
#include "registry/claim_types.h"

namespace earmark::crawler {

/// A match as the registry stores it, without evidence.
[[nodiscard]] registry::NewSighting sighting_of(const catalogue::MatchedUse& use);

/// How the bytes came here, for evidence: one JSON object.
[[nodiscard]] std::string transfer_of(const FetchRecord& fetch);

/// Who looked: program and model.
[[nodiscard]] std::string engine_name(const fingerprint::Fingerprint& fingerprint);

}  // namespace earmark::crawler
