#pragma once
// All that the split of one revenue depends on, as plain values: with these and the listens the same split
// can be made again.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/money.h"
#include "core/time.h"
#include "monetization/overlap.h"
#include "monetization/tariff.h"
#include "registry/claim_types.h"
#include "registry/shares.h"

namespace earmark::monetization {

/// Whose the money of a use is.
enum class Standing {
  kStands,     ///< the owners'
  kContested,  ///< nobody's yet: it goes to escrow
  kNone,       ///< there is no claim on it: a question, cleared, withdrawn
};
[[nodiscard]] std::string_view to_string(Standing standing);  ///< "stands", "contested", "none"
[[nodiscard]] Result<Standing> parse_standing(std::string_view text);
/// What follows from the status of a claim. A claim that was upheld stays contested until it can no longer be
/// appealed. `outcome` tells how a closed one ended ("cleared": for the podcaster).
[[nodiscard]] Standing standing_of(registry::ClaimStatus status, std::string_view outcome);

/// Who holds the recording, or one of its works, in one territory at the time of the revenue.
struct Side {
  std::string subject;  ///< "rec_…" or "wrk_…"
  bool is_work = false;
  std::vector<registry::Holding> holders;  ///< less than the whole: the rest is unclaimed; more: contradicted
};

/// A use in a territory in which its owners want to earn by it.
struct UseThere {
  std::string territory;    ///< code, or registry::kElsewhere
  std::vector<Side> sides;  ///< the recording first
};

/// A claimed use.
struct PaidUse {
  std::string claim_id;
  std::string recording_id;
  std::int64_t start_ms = 0;  ///< in the episode
  std::int64_t end_ms = 0;
  registry::MatchType match = registry::MatchType::kRecording;
  UseKind kind = UseKind::kExcerpt;
  Standing standing = Standing::kNone;
  std::string rule_id;  ///< of the policy it was claimed under
  std::int64_t rule_version = 0;
  std::vector<UseThere> there;
};

struct Facts {
  std::string revenue_id;  ///< "rev_…"
  std::string feed;        ///< URL
  std::string guid;
  Money amount;      ///< what was earned, less what was refunded
  Timestamp from{};  ///< when: [from, until)
  Timestamp until{};
  Tariff tariff;
  std::int64_t duration_ms = 0;          ///< of the episode
  std::int64_t listens_up_to = 0;        ///< number of the last batch of listens that counts
  std::vector<std::string> territories;  ///< that anybody's rights name, in order; all others are the same
  std::vector<PaidUse> uses;             ///< in the order of claim ids
};

/// One object, canonical: the same facts are the same bytes.
[[nodiscard]] Json to_json(const Facts& facts);
/// kCorrupt: not written by to_json.
[[nodiscard]] Result<Facts> facts_from_json(const Json& json);

/// Settings and version of a tariff.
[[nodiscard]] Json to_json(const Tariff& tariff);

}  // namespace earmark::monetization
