#pragma once
// The rules of registration, as code: what a recording may not be, judged from what of it is registered
// already. Pure functions.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry/types.h"

namespace earmark::catalogue {

/// Less in common than this is chance or a quotation.
inline constexpr std::int64_t kSharedMs = 5000;
/// Less than this share of the new recording is a sample: noted, and the owner's to exclude.
inline constexpr double kSharedShare = 0.1;
/// This share and more is the other recording itself.
inline constexpr double kSameShare = 0.9;
/// What this many owners have in their recordings is nobody's alone: a loop, a jingle from a library.
inline constexpr std::size_t kGenericOwners = 3;

/// A stretch of the new recording that is in a registered one.
struct SharedStretch {
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t other_key = 0;
  std::string other_id;
  std::string other_owner;
  std::int64_t other_start_ms = 0;
  std::int64_t other_end_ms = 0;
  enum class Domain {
    kOwned,
    kPublicSomewhere,
    kPublic
  } domain = Domain::kOwned;  ///< by its rights documents
};

/// What follows for a recording of `duration_ms` that `owner` hands in. In the order of their places.
[[nodiscard]] std::vector<registry::RegistrationFinding> judge(std::int64_t duration_ms,
                                                               std::string_view owner,
                                                               const std::vector<SharedStretch>& shared);

/// What a title says of somebody else's song that is sung to, or after its singer: "… (Karaoke Version)",
/// "… in the style of …". The recording may be one's own, the song is another's: a person decides. Nothing:
/// it says no such thing.
[[nodiscard]] std::optional<registry::RegistrationFinding> judge_title(std::string_view title,
                                                                       std::int64_t duration_ms);

/// The findings of the worst severity there is, as one line for people; empty when there is none of at least
/// `severity`.
[[nodiscard]] std::string summary_of(const std::vector<registry::RegistrationFinding>& findings,
                                     registry::RegistrationFinding::Severity severity);

}  // namespace earmark::catalogue
