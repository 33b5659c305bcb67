#include "evidence/explain_svg.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/text.h"
#include "evidence/explain_text.h"
#include "evidence/svg.h"

namespace earmark::evidence {
namespace {

using catalogue::Explained;
using index::Explanation;
using index::Outcome;

constexpr double kWidth = 1280.0;
constexpr double kLeft = 72.0;
constexpr double kRight = kWidth - 40.0;
constexpr double kStrip = 170.0;  // height of a strip of peaks
constexpr double kBridge = 54.0;  // between the two
constexpr double kPlot = 190.0;   // height of the panels at the bottom
constexpr double kMostHz = 4000.0;

constexpr const char* kInk = "#1b2330";
constexpr const char* kSoft = "#5d6878";
constexpr const char* kFaint = "#a7b0bd";
constexpr const char* kRule = "#e3e7ec";
constexpr const char* kPaper = "#f6f8fa";
constexpr const char* kQuery = "#3f5bd9";
constexpr const char* kReference = "#8a4fbf";
constexpr const char* kAgree = "#e0651a";

const char* colour_of(Outcome outcome) {
  if (outcome == Outcome::kMatched) return "#12805c";
  return outcome == Outcome::kForReview ? "#b26a00" : "#b3261e";
}

std::string number(double value) { return fmt::format("{:.0f}", value); }

/// The last part of a path or URL, for a caption.
std::string caption_of(const std::string& source) {
  const auto slash = source.find_last_of('/');
  const std::string name =
      slash == std::string::npos || slash + 1 == source.size() ? source : source.substr(slash + 1);
  return shortened(printable(name), 70);
}

/// Lines of at most `width` columns, broken at blanks.
std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t blank = text.find(' ');
    const std::string_view word = text.substr(0, blank);
    std::string& line = lines.back();
    if (!line.empty() && display_width(line) + 1 + display_width(word) > width) {
      lines.emplace_back(word);
    } else {
      line += (line.empty() ? "" : " ") + std::string(word);
    }
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
  }
  return lines;
}

/// The reason as a sentence of its own.
std::string sentence(const Explained& explained) {
  std::string text = reason(explained);
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text + ".";
}

/// A step of a time axis that gives about `most` ticks.
double tick_step(double span_ms, double most) {
  constexpr std::array<double, 13> kSteps = {100,    200,    500,     1000,    2000,    5000,     10'000,
                                             30'000, 60'000, 300'000, 600'000, 1800000, 3'600'000};
  for (const double step : kSteps) {
    if (span_ms / step <= most) return step;
  }
  return kSteps.back() * std::ceil(span_ms / kSteps.back() / most);
}

class Drawing {
 public:
  explicit Drawing(const Explained& explained)
      : explained_(explained),
        why_(explained.why),
        reason_(wrapped(sentence(explained), 150)),
        svg_(
            kWidth, height(),
            fmt::format("{}: {} in {}", headline(why_.outcome), explained.recording.title, explained.query)) {
  }

  std::string draw() && {
    svg_.rect(0, 0, kWidth, height(), {{"fill", "#ffffff"}});
    header();
    overview();
    strips();
    if (why_.has_line) shifts();
    figures();
    return std::move(svg_).finish();
  }

 private:
  [[nodiscard]] double header_bottom() const { return 112.0 + 21.0 * static_cast<double>(reason_.size()); }
  [[nodiscard]] double strips_top() const { return header_bottom() + 156.0; }
  [[nodiscard]] double panels_top() const { return strips_top() + 2 * kStrip + kBridge + 96.0; }
  [[nodiscard]] double height() const { return panels_top() + kPlot + 68.0; }

  void label(Point at, std::string_view text, const char* size, const char* fill,
             const char* anchor = "start", const char* weight = "normal") {
    svg_.text(at, text,
              {{"font-size", size}, {"fill", fill}, {"text-anchor", anchor}, {"font-weight", weight}});
  }

  void header() {
    svg_.rect(0, 0, kWidth, 6, {{"fill", colour_of(why_.outcome)}});
    label({kLeft - 32, 50}, headline(why_.outcome), "26", colour_of(why_.outcome), "start", "bold");
    label({kLeft - 32, 82},
          shortened(printable(explained_.recording.title), 60) + "  in  " + caption_of(explained_.query),
          "18", kInk);
    double y = 112;
    for (const auto& line : reason_) {
      label({kLeft - 32, y}, line, "15", kSoft);
      y += 21;
    }
  }

  /// Both files from end to end, and where the use lies in each.
  void overview() {
    const double top = header_bottom() + 22;
    const double bottom = top + 66;
    const double width = kRight - kLeft;
    const auto at = [&](double ms, double of) {
      return kLeft + width * std::clamp(of > 0 ? ms / of : 0.0, 0.0, 1.0);
    };
    const double query_ms = static_cast<double>(explained_.query_ms);
    const double reference_ms = static_cast<double>(explained_.recording.duration_ms);
    const index::Match& m = why_.match;
    const double q0 = at(m.query_start_ms, query_ms), q1 = std::max(q0 + 2, at(m.query_end_ms, query_ms));
    const double r0 = at(m.reference_start_ms, reference_ms),
                 r1 = std::max(r0 + 2, at(m.reference_end_ms, reference_ms));
    svg_.rect(kLeft, top, width, 12, {{"fill", kRule}, {"rx", "3"}});
    svg_.rect(kLeft, bottom, width, 12, {{"fill", kRule}, {"rx", "3"}});
    if (why_.has_line) {
      const std::array<Point, 4> band = {Point{q0, top + 12}, {q1, top + 12}, {r1, bottom}, {r0, bottom}};
      svg_.polygon(band, {{"fill", kAgree}, {"fill-opacity", "0.16"}});
      svg_.rect(q0, top, q1 - q0, 12, {{"fill", kQuery}, {"rx", "2"}});
      svg_.rect(r0, bottom, r1 - r0, 12, {{"fill", kReference}, {"rx", "2"}});
    }
    label({kLeft, top - 7}, caption_of(explained_.query), "13", kQuery, "start", "bold");
    label({kRight, top - 7}, clock_time(query_ms, 0), "13", kSoft, "end");
    const std::string owner = explained_.recording.owner.empty() ? "" : " of " + explained_.recording.owner;
    label({kLeft, bottom + 29}, shortened(printable(explained_.recording.title + owner), 90), "13",
          kReference, "start", "bold");
    label({kRight, bottom + 29}, clock_time(reference_ms, 0), "13", kSoft, "end");
  }

  [[nodiscard]] double shown_ms() const {
    return std::max(1.0, double(why_.shown_end_ms) - why_.shown_start_ms);
  }
  [[nodiscard]] double query_x(double ms) const {
    return kLeft + (kRight - kLeft) * (ms - why_.shown_start_ms) / shown_ms();
  }
  /// Where along the line a time of the recording lies.
  [[nodiscard]] double reference_x(double ms) const {
    const double speed = why_.match.speed > 0 ? why_.match.speed : 1.0;
    return query_x(why_.shown_start_ms + (ms - why_.shown_reference_ms) / speed);
  }

  void strip(double top, std::string_view name, const char* colour, bool axis_above, double axis_from,
             double axis_span) {
    svg_.rect(kLeft, top, kRight - kLeft, kStrip, {{"fill", kPaper}});
    for (int khz = 0; khz <= 4; ++khz) {
      const double y = top + kStrip * (1.0 - khz * 1000.0 / kMostHz);
      svg_.line({kLeft, y}, {kRight, y}, {{"stroke", kRule}, {"stroke-width", "1"}});
      label({kLeft - 8, y + 4}, khz == 4 ? "4 kHz" : number(khz), "11", kFaint, "end");
    }
    const double step = tick_step(axis_span, 12);
    for (double t = std::ceil(axis_from / step) * step; t <= axis_from + axis_span; t += step) {
      const double x = kLeft + (kRight - kLeft) * (t - axis_from) / axis_span;
      const double y = axis_above ? top : top + kStrip;
      svg_.line({x, y}, {x, y + (axis_above ? -5 : 5)}, {{"stroke", kFaint}});
      label({x, axis_above ? y - 9 : y + 18}, clock_time(t, step < 1000 ? 1 : 0), "11", kSoft, "middle");
    }
    label({kLeft, axis_above ? top - 26 : top + kStrip + 36}, name, "13", colour, "start", "bold");
  }

  template <class X>
  void peaks(std::span<const index::PeakMark> marks, double top, const char* colour, X&& x_of) {
    const auto y_of = [&](double hz) { return top + kStrip * (1.0 - std::min(hz, kMostHz) / kMostHz); };
    for (const bool agreeing : {false, true}) {
      svg_.begin_group({{"fill", agreeing ? kAgree : colour}, {"fill-opacity", agreeing ? "0.95" : "0.28"}});
      for (const auto& mark : marks) {
        const double x = x_of(mark.ms);
        if ((mark.weight > 1) != agreeing || x < kLeft || x > kRight) continue;
        svg_.circle({x, y_of(mark.hz)}, agreeing ? (mark.weight == 4 ? 2.7 : 2.2) : 1.7, {});
      }
      svg_.end_group();
    }
  }

  /// The peaks of both sides, the recording's laid under the query's along the line.
  void strips() {
    const double top = strips_top() + 30;
    strip(top, "Peaks of the query", kQuery, true, why_.shown_start_ms, shown_ms());
    peaks(why_.query_marks, top, kQuery, [this](double ms) { return query_x(ms); });
    if (!why_.has_line) {
      label({kLeft, top + kStrip + 40}, "There is no line along which the recording could be laid beside it.",
            "14", kSoft);
      return;
    }
    const double bottom = top + kStrip + kBridge;
    const double speed = why_.match.speed > 0 ? why_.match.speed : 1.0;
    svg_.begin_group({{"stroke", kAgree}, {"stroke-opacity", "0.38"}, {"stroke-width", "1.1"}});
    std::size_t agreeing = 0;
    for (const auto& mark : why_.query_marks) {
      if (mark.weight < 3) continue;
      ++agreeing;
      svg_.line({query_x(mark.ms), top + kStrip}, {query_x(mark.ms), bottom}, {});
    }
    svg_.end_group();
    strip(bottom, "Peaks of the recording, along the line", kReference, false, why_.shown_reference_ms,
          shown_ms() * speed);
    peaks(why_.reference_marks, bottom, kReference, [this](double ms) { return reference_x(ms); });
    label({kRight, top - 26},
          fmt::format(
              "orange: {} of these {} peaks have their like in the recording within a frame and half a bin",
              agreeing, why_.query_marks.size()),
          "12", kAgree, "end");
  }

  /// Agreement at the line and at shifted offsets: the null.
  void shifts() {
    const double top = panels_top() + 26;
    const double left = kLeft, width = 470.0;
    const double step_s = 0.016;
    const auto& values = why_.by_shift;
    label({left, top - 12}, "Agreement at this offset and beside it", "13", kInk, "start", "bold");
    svg_.rect(left, top, width, kPlot, {{"fill", kPaper}});
    if (values.empty()) return;
    const double most = std::max(1.0, 1.12 * *std::max_element(values.begin(), values.end()));
    const double bar = width / static_cast<double>(values.size());
    const auto y_of = [&](double value) { return top + kPlot * (1.0 - std::max(0.0, value) / most); };
    const std::size_t middle = values.size() / 2;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool line = i + 2 >= middle && i <= middle + 2;
      const double y = y_of(values[i]);
      svg_.rect(left + bar * static_cast<double>(i), y, bar, top + kPlot - y,
                {{"fill", line ? kAgree : kFaint}});
    }
    const double mean = y_of(why_.expected);
    svg_.line({left, mean}, {left + width, mean},
              {{"stroke", kInk}, {"stroke-width", "1"}, {"stroke-dasharray", "4 3"}});
    svg_.rect(left + width - 120, mean - 17, 118, 14,
              {{"fill", "#ffffff"}, {"fill-opacity", "0.8"}, {"rx", "2"}});
    label({left + width - 4, mean - 6}, "expected by chance", "11", kInk, "end");
    const double centre = left + bar * (static_cast<double>(middle) + 0.5);
    label({centre + 12, y_of(values[middle]) + 12}, fmt::format("z = {:.1f}", why_.z_alone), "14", kAgree,
          "start", "bold");
    for (int second = -2; second <= 2; ++second) {
      const double x = centre + bar * second / step_s;
      label({x, top + kPlot + 17},
            second == 0 ? "the line" : fmt::format("{}{} s", second < 0 ? "−" : "+", std::abs(second)), "11",
            kSoft, "middle");
    }
  }

  void figures() {
    const double left = why_.has_line ? 590.0 : kLeft;
    double y = panels_top() + 14;
    label({left, y}, "What each stage saw", "13", kInk, "start", "bold");
    for (const auto& [name, value] : facts()) {
      y += 21;
      label({left, y}, name, "13", kSoft);
      label({left + 168, y}, value, "13", kInk);
    }
  }

  static std::string rank_of(const index::ChannelRank& rank, std::string_view unit) {
    if (rank.rank == 0)
      return fmt::format("not among the first {} candidates of its windows", index::kRankDepth);
    return fmt::format("no. {} of its window with {:.{}f} {} ({} are tried)", rank.rank, rank.weight,
                       unit == "hashes" ? 0 : 1, unit, rank.tried);
  }

  [[nodiscard]] std::vector<std::pair<std::string, std::string>> facts() const {
    const index::Match& m = why_.match;
    if (!why_.has_line) return {{"Landmarks", "nothing in common"}, {"Embeddings", "nothing in common"}};
    const double offset = static_cast<double>(m.reference_start_ms) - m.speed * m.query_start_ms;
    std::vector<std::pair<std::string, std::string>> facts = {
        {"Line", fmt::format("offset {}{}, speed {:.4f}, pitch {:+.0f} cents", offset < 0 ? "−" : "+",
                             clock_time(std::abs(offset)), m.speed, m.pitch_cents)},
        {"Landmark candidate", rank_of(why_.landmarks, "hashes")},
        {"Embedding candidate", rank_of(why_.embeddings, "similarity")}};
    if (why_.altered) facts.emplace_back("Altered candidate", rank_of(*why_.altered, "hashes"));
    facts.emplace_back(
        "Proof", fmt::format("z {:.1f} over {} to {}; {:.0f} % of {} peaks agree beyond chance", m.score,
                             clock_time(why_.proven_start_ms, 1), clock_time(why_.proven_end_ms, 1),
                             m.share * 100.0, why_.peaks));
    facts.emplace_back("Without its best part",
                       fmt::format("z {:.1f} without its best second, {:.1f} without its best band",
                                   m.without_best_second, m.without_best_band));
    facts.emplace_back("Embeddings on the line",
                       fmt::format("similarity {:.2f}; {:.0f} % have a near neighbour there", m.similarity,
                                   m.embedding_share * 100.0));
    facts.emplace_back("Backwards (decoy)", why_.mirrored > 0 ? fmt::format("agreement {:.0f} against {:.0f}",
                                                                            why_.mirrored, why_.agreement)
                                                              : std::string("not asked: it was lost before"));
    if (why_.rival && explained_.rival) {
      facts.emplace_back(
          "Runner-up", fmt::format("z {:.1f}, margin {:.1f}: {}", why_.rival->z, why_.z_alone - why_.rival->z,
                                   shortened(printable(explained_.rival->title), 44)));
    } else {
      facts.emplace_back("Runner-up", "no other recording has a line there");
    }
    facts.emplace_back("Probability", fmt::format("{:.4f}, threshold {:.2f}", m.probability, why_.threshold));
    return facts;
  }

  const Explained& explained_;
  const Explanation& why_;
  std::vector<std::string> reason_;
  Svg svg_;
};

}  // namespace

std::string draw(const Explained& explained) { return Drawing(explained).draw(); }

}  // namespace earmark::evidence
