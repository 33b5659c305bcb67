#pragma once
// A small writer of SVG 1.1: enough for charts. Deterministic: numbers have two decimals.
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace earmark::evidence {

struct Point {
  double x = 0.0;
  double y = 0.0;
};

/// An attribute and its value, written as given.
using SvgAttribute = std::pair<std::string_view, std::string_view>;
using SvgStyle = std::initializer_list<SvgAttribute>;

class Svg {
 public:
  Svg(double width, double height, std::string_view title);

  void rect(double x, double y, double width, double height, SvgStyle style);
  void line(Point from, Point to, SvgStyle style);
  void polygon(std::span<const Point> points, SvgStyle style);
  void circle(Point centre, double radius, SvgStyle style);
  /// Text is escaped; control characters and what is no UTF-8 become U+FFFD.
  void text(Point at, std::string_view text, SvgStyle style);
  void begin_group(SvgStyle style);
  void end_group();

  /// The finished document; the writer must not be used afterwards.
  [[nodiscard]] std::string finish() &&;

 private:
  void put(SvgStyle style);
  std::string out_;
};

/// The text for XML: &, <, >, quotes escaped; control characters and what is no UTF-8 as U+FFFD.
[[nodiscard]] std::string xml_escaped(std::string_view text);

}  // namespace earmark::evidence
