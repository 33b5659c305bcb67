#pragma once
// What plays where, as broadcasters list it.
#include <string>
#include <vector>

#include "core/json.h"
#include "registry/registry.h"

namespace earmark::evidence {

/// One line of a cue sheet; what the registry does not know is empty, for people to fill in.
struct Cue {
  std::int64_t sequence = 0;  ///< in its episode, from 1
  std::string feed;
  std::string guid;
  std::string episode_title;
  std::int64_t in_ms = 0;
  std::int64_t out_ms = 0;
  std::string title;
  std::string owner;
  std::string isrc;
  std::string recording_id;
  std::int64_t recording_in_ms = 0;
  double probability = 0.0;
  std::string status;    ///< of the claim
  std::string claim_id;  ///< where the evidence is
};

/// Claims that are neither released nor withdrawn, by episode in the order of their first claim, then by
/// time. feed, guid: empty for any.
[[nodiscard]] Result<std::vector<Cue>> cue_sheet(registry::Registry& registry, const std::string& feed,
                                                 const std::string& guid);

/// RFC 4180, UTF-8, with a header. A cell that a spreadsheet would take for a formula begins with an
/// apostrophe.
[[nodiscard]] std::string to_csv(const std::vector<Cue>& cues);
[[nodiscard]] Json to_json(const std::vector<Cue>& cues);

}  // namespace earmark::evidence
