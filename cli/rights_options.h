#pragma once
// Options of the commands about claims, policies, rights and review.
#include <cstdint>
#include <string>
#include <vector>

namespace earmark::cli {

/// `claims VERB ID…`: a step that a person takes.
struct ClaimStepOptions {
  std::string verb;
  std::vector<std::string> claim_ids;
  std::string role = "reviewer";
  std::string by;  ///< who; empty: the role
  std::string reason;
  std::string note;
  std::string evidence;  ///< text, or "@FILE"
};

struct ClaimViewOptions {
  enum class What { kShow, kHistory, kTick, kStats, kPeriods } what = What::kShow;
  std::vector<std::string> arguments;  ///< claims, or "STATUS=PERIOD"
};

struct PolicyOptions {
  enum class What { kTemplates, kList, kShow, kPut, kUse, kDryRun } what = What::kList;
  std::string owner;
  std::string name;  ///< of the policy; kShow, kUse: also its rule id
  std::string from_template;
  std::string otherwise = "track";
  std::vector<std::string> rules;
  std::vector<std::string> recording_ids;
  std::int64_t days = 30;
  std::string by;
};

struct RightsOptions {
  enum class What {
    kShow,
    kShares,
    kWork,
    kRelease,
    kIdentify,
    kDocument,
    kExclude,
    kLicence,
    kAllow,
    kLicences,
    kEnd,
    kHistory,
  } what = What::kShow;
  std::string subject;              ///< recording, work, licence, document or party
  std::vector<std::string> shares;  ///< "PARTY=SHARE@TERRITORIES"
  std::string owner;
  std::string licensee;
  std::string recording_id;
  std::string feed;
  std::string territories;
  std::string kind;
  std::string scheme;
  std::string value;
  std::string iswc;
  std::string gtin;
  std::string grid;
  std::string title;
  std::string reason;
  std::string uri;
  std::string sha256;
  std::string uses;
  std::string from;   ///< RFC 3339
  std::string until;  ///< RFC 3339
  std::string scope = "claiming";
  std::int64_t start_ms = 0;
  std::int64_t end_ms = 0;
  std::int64_t position = 1;
  std::string by;
};

struct ExportOptions {
  enum class What { kBwarm, kDsr } what = What::kBwarm;
  std::string folder;
  std::string owner;
  std::string from;   ///< RFC 3339
  std::string until;  ///< RFC 3339
  bool dry_run = false;
};

struct ReviewOptions {
  enum class What { kList, kAccept, kRefuse } what = What::kList;
  std::vector<std::string> recording_ids;
  std::string by;
  std::string note;
};

}  // namespace earmark::cli
