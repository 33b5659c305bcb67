#include "evidence/svg.h"

#include <cstdint>
#include <iterator>

#include <fmt/format.h>

#include "core/markup.h"

namespace earmark::evidence {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Bytes of the UTF-8 character that begins at `at`; 0 when none does. Overlong forms and surrogates are
/// none.
std::size_t character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(at);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 && first < 0xF5 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (first >= 0xF5 || length == 0 || at + length > text.size()) return 0;
  std::uint32_t code = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) return 0;
    code = code << 6U | (byte(at + i) & 0x3FU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool none = (code >= 0xD800 && code < 0xE000) || code > 0x10FFFF || code == 0xFFFE || code == 0xFFFF;
  return overlong || none ? 0 : length;
}

}  // namespace

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_at(text, at);
    const char c = text[at];
    if (length == 0 || (length == 1 && static_cast<std::uint8_t>(c) < 0x20) || c == 0x7F) {
      out += c == '\t' || c == '\n' ? std::string_view(" ") : kReplacement;
    } else if (const auto reference = markup_reference(c); !reference.empty()) {
      out += reference;
    } else {
      out += text.substr(at, length);
    }
    at += length == 0 ? 1 : length;
  }
  return out;
}

Svg::Svg(double width, double height, std::string_view title) {
  out_ = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\" "
      "font-family=\"'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'Noto Sans CJK SC', "
      "sans-serif\">\n"
      "<title>{2}</title>\n",
      width, height, xml_escaped(title));
}

void Svg::put(SvgStyle style) {
  for (const auto& [name, value] : style)
    fmt::format_to(std::back_inserter(out_), " {}=\"{}\"", name, xml_escaped(value));
}

void Svg::rect(double x, double y, double width, double height, SvgStyle style) {
  fmt::format_to(std::back_inserter(out_),
                 "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"", x, y, width, height);
  put(style);
  out_ += "/>\n";
}

void Svg::line(Point from, Point to, SvgStyle style) {
  fmt::format_to(std::back_inserter(out_), "<line x1=\"{:.2f}\" y1=\"{:.2f}\" x2=\"{:.2f}\" y2=\"{:.2f}\"",
                 from.x, from.y, to.x, to.y);
  put(style);
  out_ += "/>\n";
}

void Svg::polygon(std::span<const Point> points, SvgStyle style) {
  out_ += "<polygon points=\"";
  for (const Point& point : points)
    fmt::format_to(std::back_inserter(out_), "{:.2f},{:.2f} ", point.x, point.y);
  out_ += '"';
  put(style);
  out_ += "/>\n";
}

void Svg::circle(Point centre, double radius, SvgStyle style) {
  fmt::format_to(std::back_inserter(out_), "<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{:.2f}\"", centre.x,
                 centre.y, radius);
  put(style);
  out_ += "/>\n";
}

void Svg::text(Point at, std::string_view text, SvgStyle style) {
  fmt::format_to(std::back_inserter(out_), "<text x=\"{:.2f}\" y=\"{:.2f}\"", at.x, at.y);
  put(style);
  out_ += ">" + xml_escaped(text) + "</text>\n";
}

void Svg::begin_group(SvgStyle style) {
  out_ += "<g";
  put(style);
  out_ += ">\n";
}

void Svg::end_group() { out_ += "</g>\n"; }

std::string Svg::finish() && {
  out_ += "</svg>\n";
  return std::move(out_);
}

}  // namespace earmark::evidence
