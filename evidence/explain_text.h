#pragma once
// What an explanation says in words.
#include <string>
#include <string_view>

#include "catalogue/explained.h"

namespace earmark::evidence {

/// "matched", "for_review", "no_candidate", "weak_proof", "too_short", "too_unsure", "explained_away",
/// "backwards", "other_passage".
[[nodiscard]] std::string_view to_string(index::Outcome outcome);

/// "Found", "Found, for a person to decide", "Not found".
[[nodiscard]] std::string_view headline(index::Outcome outcome);

/// One plain sentence: what was found and how surely, or the stage that lost it and by how much.
[[nodiscard]] std::string reason(const catalogue::Explained& explained);

/// "as it was", "4.0 % fast", "2.0 % slow, 100 cents up".
[[nodiscard]] std::string playback(const index::Match& match);

/// "1:02.345", "1:00:02.345".
[[nodiscard]] std::string clock_time(double ms, int decimals = 3);

}  // namespace earmark::evidence
