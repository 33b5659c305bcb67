#pragma once
// Options of the commands that show why, and prove it to others.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace earmark::cli {

struct ExplainOptions {
  std::string query;  ///< path of audio or .emfp
  std::string recording_id;
  std::string svg;  ///< file to write; empty: none
  std::optional<std::uint32_t> at_ms;
  double min_probability = 0.9;
};
struct RecordingsShowOptions {
  std::string recording_id;
};
struct ClaimsEvidenceOptions {
  std::string claim_id;
  std::string output;  ///< FILE.zip or FILE.tar
};
struct ClaimsNoticeOptions {
  std::string claim_id;
  std::string kind = "dmca";
  std::string language = "en";
  std::string output;             ///< empty: standard output
  std::string write_templates;    ///< folder to write the built-in templates to; then nothing else is done
  std::vector<std::string> fill;  ///< NAME=VALUE
};
struct ClaimsCueSheetOptions {
  std::string feed;  ///< empty: any
  std::string guid;  ///< empty: any
  std::string format = "csv";
  std::string output;  ///< empty: standard output
};
struct VerifyOptions {
  std::string bundle;
  std::string key;  ///< hex of the public key that must have signed; empty: the bundle's own is shown
};

}  // namespace earmark::cli
