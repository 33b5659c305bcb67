#pragma once
#include <string>

#include "catalogue/catalogue.h"
#include "fingerprint/types.h"
#include "registry/claim_types.h"

namespace earmark::crawler {

/// A match as the registry stores it, without evidence.
[[nodiscard]] registry::NewSighting sighting_of(const catalogue::MatchedUse& use);

/// Who looked: program and model.
[[nodiscard]] std::string engine_name(const fingerprint::Fingerprint& fingerprint);

}  // namespace earmark::crawler
