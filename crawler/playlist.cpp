#include "crawler/playlist.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "crawler/ascii.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kMostEntries = 100'000;

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
    line.remove_suffix(1);
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  return line;
}

/// Takes the next line off.
std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return trimmed(line);
}

/// What stands behind "#TAG:", if the line is that tag.
std::optional<std::string_view> value_of(std::string_view line, std::string_view tag) {
  if (!line.starts_with(tag)) return std::nullopt;
  line.remove_prefix(tag.size());
  if (line.empty()) return line;
  if (line.front() != ':') return std::nullopt;
  return trimmed(line.substr(1));
}

Result<std::uint64_t> integer_of(std::string_view tag, std::string_view value) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error == std::errc() && end == value.data() + value.size()) return number;
  return fail(ErrorCode::kCorrupt, fmt::format("playlist: {} has \"{}\" for a number", tag, value));
}

/// "10", "9.967,title" as seconds.
Result<double> seconds_of(std::string_view tag, std::string_view value) {
  double seconds = 0.0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc() && seconds >= 0.0 && seconds < 1e6) return seconds;
  return fail(ErrorCode::kCorrupt, fmt::format("playlist: {} has \"{}\" for a duration", tag, value));
}

/// NAME=value,NAME="value, quoted" (RFC 8216 §4.2).
std::map<std::string, std::string, std::less<>> attributes_of(std::string_view list) {
  std::map<std::string, std::string, std::less<>> attributes;
  while (!list.empty()) {
    const std::size_t equals = list.find('=');
    if (equals == std::string_view::npos) break;
    const std::string name(trimmed(list.substr(0, equals)));
    list.remove_prefix(equals + 1);
    const bool is_quoted = !list.empty() && list.front() == '"';
    if (is_quoted) list.remove_prefix(1);
    const std::size_t end = list.find(is_quoted ? '"' : ',');
    attributes[name] = std::string(list.substr(0, end));
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    if (is_quoted && !list.empty() && list.front() == ',') list.remove_prefix(1);
  }
  return attributes;
}

std::string_view find(const std::map<std::string, std::string, std::less<>>& attributes,
                      std::string_view name) {
  const auto at = attributes.find(name);
  return at == attributes.end() ? std::string_view() : std::string_view(at->second);
}

/// Every codec of the list is one of audio. Source: RFC 6381's names in use with HLS.
bool is_audio_alone(std::string_view codecs) {
  if (codecs.empty()) return false;
  while (!codecs.empty()) {
    const std::size_t comma = codecs.find(',');
    const std::string_view codec = trimmed(codecs.substr(0, comma));
    const bool is_audio = codec.starts_with("mp4a") || codec == "ac-3" || codec == "ec-3" ||
                          codec == "fLaC" || ascii_lower(codec) == "opus" || codec == "alac";
    if (!is_audio) return false;
    codecs.remove_prefix(comma == std::string_view::npos ? codecs.size() : comma + 1);
  }
  return true;
}

class MasterReader {
 public:
  explicit MasterReader(const Url& base) : base_(base) {}

  void on_media(std::string_view value) {
    const auto attributes = attributes_of(value);
    const std::string_view uri = find(attributes, "URI");
    if (find(attributes, "TYPE") != "AUDIO" || uri.empty()) return;
    const std::string group(find(attributes, "GROUP-ID"));
    if (find(attributes, "DEFAULT") == "YES" || !groups_.contains(group)) groups_[group] = uri;
  }
  Status on_variant(std::string_view value) {
    Variant variant;
    const auto attributes = attributes_of(value);
    EARMARK_TRY(variant.bandwidth, integer_of("BANDWIDTH", find(attributes, "BANDWIDTH")));
    variant.group = find(attributes, "AUDIO");
    variant.is_audio = is_audio_alone(find(attributes, "CODECS"));
    variants_.push_back(std::move(variant));
    return {};
  }
  void on_uri(std::string_view line) {
    if (!variants_.empty() && variants_.back().uri.empty()) variants_.back().uri = line;
  }
  Result<Playlist> finish() {
    std::erase_if(variants_, [](const Variant& variant) { return variant.uri.empty(); });
    if (variants_.empty()) return fail(ErrorCode::kCorrupt, "playlist: names no variant");
    const auto chosen =
        std::min_element(variants_.begin(), variants_.end(), [](const auto& a, const auto& b) {
          return a.is_audio != b.is_audio ? a.is_audio : a.bandwidth < b.bandwidth;
        });
    const auto group = groups_.find(chosen->group);
    EARMARK_TRY(auto url, base_.resolve(group != groups_.end() ? group->second : chosen->uri));
    return HlsMaster{std::move(url), chosen->bandwidth, variants_.size()};
  }

 private:
  struct Variant {
    std::uint64_t bandwidth = 0;
    std::string group;
    bool is_audio = false;
    std::string uri;
  };
  const Url& base_;
  std::vector<Variant> variants_;
  std::map<std::string, std::string, std::less<>> groups_;  ///< of audio renditions: their addresses
};

class MediaReader {
 public:
  explicit MediaReader(const Url& base) : base_(base) {}

  Status on_tag(std::string_view line) {
    if (const auto value = value_of(line, "#EXT-X-TARGETDURATION")) {
      EARMARK_TRY(media_.target_s, seconds_of("EXT-X-TARGETDURATION", *value));
    } else if (const auto first = value_of(line, "#EXT-X-MEDIA-SEQUENCE")) {
      EARMARK_TRY(media_.media_sequence, integer_of("EXT-X-MEDIA-SEQUENCE", *first));
    } else if (const auto turn = value_of(line, "#EXT-X-DISCONTINUITY-SEQUENCE")) {
      EARMARK_TRY(discontinuity_, integer_of("EXT-X-DISCONTINUITY-SEQUENCE", *turn));
    } else if (line == "#EXT-X-DISCONTINUITY") {
      ++discontinuity_;
    } else if (const auto seconds = value_of(line, "#EXTINF")) {
      EARMARK_TRY(duration_s_, seconds_of("EXTINF", *seconds));
    } else if (const auto map = value_of(line, "#EXT-X-MAP")) {
      return set_map(*map);
    } else if (const auto key = value_of(line, "#EXT-X-KEY")) {
      const auto attributes = attributes_of(*key);
      if (find(attributes, "METHOD") != "NONE")
        return fail(ErrorCode::kUnsupported, "playlist: its segments are encrypted (EXT-X-KEY)");
    } else if (value_of(line, "#EXT-X-BYTERANGE")) {
      return fail(ErrorCode::kUnsupported, "playlist: its segments are byte ranges (EXT-X-BYTERANGE)");
    } else if (line == "#EXT-X-GAP") {
      is_gap_ = true;
    } else if (line == "#EXT-X-ENDLIST") {
      media_.is_ended = true;
    }
    return {};
  }
  Status on_uri(std::string_view line) {
    if (media_.segments.size() >= kMostEntries)
      return fail(ErrorCode::kResourceExhausted,
                  fmt::format("playlist: more than {} segments", kMostEntries));
    EARMARK_TRY(auto url, base_.resolve(line));
    const std::uint64_t sequence = media_.media_sequence + media_.segments.size();
    media_.segments.push_back({sequence, std::move(url), duration_s_, discontinuity_, map_, is_gap_});
    is_gap_ = false;
    return {};
  }
  Result<Playlist> finish() {
    if (media_.target_s <= 0.0) return fail(ErrorCode::kCorrupt, "playlist: has no EXT-X-TARGETDURATION");
    return std::move(media_);
  }

 private:
  Status set_map(std::string_view value) {
    const auto attributes = attributes_of(value);
    if (!find(attributes, "BYTERANGE").empty())
      return fail(ErrorCode::kUnsupported, "playlist: EXT-X-MAP is a byte range");
    EARMARK_TRY(auto url, base_.resolve(find(attributes, "URI")));
    map_ = std::move(url);
    return {};
  }

  const Url& base_;
  HlsMedia media_;
  std::uint64_t discontinuity_ = 0;
  double duration_s_ = 0.0;
  std::optional<Url> map_;
  bool is_gap_ = false;
};

Result<Playlist> read_media(std::string_view text, const Url& base) {
  MediaReader reader(base);
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (line.empty()) continue;
    EARMARK_TRY_STATUS(line.front() == '#' ? reader.on_tag(line) : reader.on_uri(line));
  }
  return reader.finish();
}

Result<Playlist> read_master(std::string_view text, const Url& base) {
  MasterReader reader(base);
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    if (line.empty()) continue;
    if (const auto media = value_of(line, "#EXT-X-MEDIA")) {
      reader.on_media(*media);
    } else if (const auto variant = value_of(line, "#EXT-X-STREAM-INF")) {
      EARMARK_TRY_STATUS(reader.on_variant(*variant));
    } else if (line.front() != '#') {
      reader.on_uri(line);
    }
  }
  return reader.finish();
}

/// M3U without HLS's tags, or PLS ("File1=…").
Result<Playlist> read_stations(std::string_view text, const Url& base) {
  StationList list;
  while (!text.empty() && list.urls.size() < kMostEntries) {
    std::string_view line = next_line(text);
    const std::size_t equals = line.find('=');
    const bool is_entry = equals != std::string_view::npos && ascii_lower(line.substr(0, 4)) == "file";
    if (is_entry) line = trimmed(line.substr(equals + 1));
    if (line.empty() || line.front() == '#' || line.front() == '[') continue;
    const bool is_absolute = line.find("://") != std::string_view::npos;
    if (!is_entry && !is_absolute) continue;
    if (auto url = base.resolve(line)) list.urls.push_back(*std::move(url));
  }
  if (list.urls.empty()) return fail(ErrorCode::kCorrupt, "playlist: names no address");
  return list;
}

}  // namespace

bool is_playlist(std::string_view content_type, std::string_view beginning) {
  if (beginning.starts_with("\xEF\xBB\xBF")) beginning.remove_prefix(3);
  if (beginning.starts_with("#EXTM3U") || ascii_lower(beginning.substr(0, 10)) == "[playlist]") return true;
  const std::string type = ascii_lower(trimmed(content_type.substr(0, content_type.find(';'))));
  return type == "application/vnd.apple.mpegurl" || type == "application/x-mpegurl" ||
         type == "audio/mpegurl" || type == "audio/x-mpegurl" || type == "audio/x-scpls" ||
         type == "application/pls+xml";
}

Result<Playlist> parse_playlist(std::string_view text, const Url& base) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.find("#EXT-X-STREAM-INF") != std::string_view::npos) return read_master(text, base);
  if (text.find("#EXT-X-TARGETDURATION") != std::string_view::npos) return read_media(text, base);
  return read_stations(text, base);
}

}  // namespace earmark::crawler
