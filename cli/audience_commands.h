#pragma once
// Options of `audience`.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace earmark::cli {

struct AudienceImportOptions {
  std::vector<std::string> logs;
  std::string format;    ///< empty: by the first line
  std::string left_out;  ///< file of networks; empty: none
  std::string let_pass;  ///< file of networks; empty: none
  std::uint32_t volume_limit = 200;
};

struct AudienceMediaOptions {
  std::vector<std::string> files;
  std::string prefix = "/";  ///< of their paths in the logs
};

struct AudienceShowOptions {
  enum class What { kDownloads, kPrograms, kDropped, kReach, kEpochs } what = What::kDownloads;
  std::string window = "calendar";
  std::string by = "day";
  std::string show;
  std::string path;
  std::string from;          ///< day; empty: the first
  std::string to;            ///< day; empty: the last
  std::string recording_id;  ///< kReach; empty: all
  std::string svg;           ///< file to draw to; empty: none
  std::int64_t least_listeners = 50;
};

struct AudienceForecastOptions {
  std::string show;
  std::string path;
  std::size_t days = 28;
  double level = 0.8;
  std::string svg;                      ///< file to draw to; empty: none
  bool past = false;                    ///< list those made before
  std::string series;                   ///< file of a series to foresee instead; empty: none
  std::vector<unsigned> seasons = {7};  ///< of that series, in steps
  double year = 365.25;
  bool as_is = false;  ///< the series holds no counts
};

struct AudienceEpochOptions {
  enum class What { kRecount, kErase } what = What::kRecount;
  std::vector<std::string> epochs;
  std::uint32_t volume_limit = 200;
};

struct AudienceListsOptions {
  std::string file;  ///< empty: only say which are in use
};

}  // namespace earmark::cli
