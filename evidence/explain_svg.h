#pragma once
#include <string>

#include "catalogue/explained.h"

namespace earmark::evidence {

/// The explanation as a picture: where in both files, the peaks of both sides laid over each other along the
/// line, the agreement beside it, and the figures of every stage. One SVG document; the same explanation
/// gives the same bytes.
[[nodiscard]] std::string draw(const catalogue::Explained& explained);

}  // namespace earmark::evidence
