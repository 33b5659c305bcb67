#include "crawler/xml_repair.h"

#include <algorithm>
#include <array>

#include "crawler/ascii.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kLongestReference =
    32;  ///< "&CounterClockwiseContourIntegral;" is the longest name there is
constexpr std::size_t kLongestTagName =
    200;  ///< of a name that we compare; the rest of a longer one is passed on
constexpr std::size_t kLongestStrayText = 60;
constexpr std::array<std::string_view, 8> kVoidElements = {"br",   "hr",  "img",  "input",
                                                           "meta", "wbr", "area", "col"};

bool is_space(int c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_letter(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(int c) { return c >= '0' && c <= '9'; }
bool starts_name(int c) { return is_letter(c) || c == '_' || c == ':' || c >= 0x80; }
bool is_in_name(int c) { return starts_name(c) || is_digit(c) || c == '-' || c == '.'; }

/// Elements whose tags end an attribute's value that was not closed; any other tag in a value is text.
constexpr std::array<std::string_view, 8> kStructure = {"rss",   "channel",   "item", "feed",
                                                        "entry", "enclosure", "opml", "outline"};

bool is_void(std::string_view name) {
  return std::find(kVoidElements.begin(), kVoidElements.end(), ascii_lower(name)) != kVoidElements.end();
}

bool is_predefined(std::string_view name) {
  return name == "amp" || name == "lt" || name == "gt" || name == "quot" || name == "apos";
}

/// "#123" or "#x1F600": a character that XML allows.
bool is_number(std::string_view name) {
  if (name.size() < 2 || name.front() != '#') return false;
  const bool hex = name[1] == 'x';
  name.remove_prefix(hex ? 2 : 1);
  if (name.empty() || name.size() > 7) return false;
  std::uint32_t code = 0;
  for (const char c : name) {
    const bool hex_letter = hex && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'));
    if (!is_digit(c) && !hex_letter) return false;
    const int digit = is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
    code = code * (hex ? 16 : 10) + static_cast<std::uint32_t>(digit);
  }
  const bool is_control = code < 0x20 && code != '\t' && code != '\n' && code != '\r';
  const bool is_no_character =
      (code >= 0xD800 && code < 0xE000) || code == 0xFFFE || code == 0xFFFF || code > 0x10FFFF;
  return !is_control && !is_no_character;
}

}  // namespace

std::size_t XmlRepair::read(std::span<char> out) {
  out_.erase(0, given_);
  if (open_tag_) *open_tag_ -= given_;
  given_ = 0;
  const auto ready = [&] { return open_tag_.value_or(out_.size()); };
  while (ready() < out.size() && where_ != Where::kEnd) step();
  const std::size_t count = std::min(out.size(), ready());
  std::copy_n(out_.data(), count, out.data());
  given_ = count;
  return count;
}

int XmlRepair::take() {
  const int c = input_.take();
  if (c == '\n') ++lines_;
  if (c < 0) where_ = Where::kEnd;
  return c;
}

void XmlRepair::step() {
  switch (where_) {
    case Where::kProlog: return step_prolog();
    case Where::kText: return step_text();
    case Where::kTag:
    case Where::kQuoted: return step_tag();
    case Where::kComment: return step_until("-->");
    case Where::kCdata: return step_until("]]>");
    case Where::kInstruction: return step_until("?>");
    case Where::kEnd: return;
  }
}

void XmlRepair::step_prolog() {
  const int c = take();
  if (c < 0) return;
  if (c != '<') {
    const bool wanted = !is_space(c) || !stray_text_.empty();
    if (wanted && stray_text_.size() < kLongestStrayText) stray_text_ += static_cast<char>(c);
    return;
  }
  const int next = input_.peek();
  if (next == '?') return skip_past("?>");
  if (next == '!') return skip_document_type();
  if (!starts_name(next)) return;
  lines_before_root_ = lines_;
  open_element(take_name());
}

std::string XmlRepair::take_name() {
  std::string name;
  while (name.size() < kLongestTagName && is_in_name(input_.peek())) name += static_cast<char>(take());
  return name;
}

void XmlRepair::skip_past(std::string_view terminator) {
  std::string tail;
  for (int c = take(); c >= 0; c = take()) {
    tail += static_cast<char>(c);
    if (tail.ends_with(terminator)) return;
    if (tail.size() > terminator.size()) tail.erase(0, 1);
  }
}

/// "<!" has been met in the prolog: a comment, or a document type with everything it declares.
void XmlRepair::skip_document_type() {
  take();  // the "!"
  if (input_.peek() == '-') return skip_past("-->");
  int depth = 0;
  char quote = 0;
  for (int c = take(); c >= 0; c = take()) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = static_cast<char>(c);
    } else if (c == '[' || c == '<') {
      if (c == '<' && input_.peek() == '!') {
        take();
        if (input_.peek() == '-') {
          skip_past("-->");
          continue;
        }
      }
      ++depth;
    } else if (c == ']' || (c == '>' && depth > 0)) {
      --depth;
    } else if (c == '>') {
      return;
    }
  }
}

void XmlRepair::step_text() {
  const int c = take();
  if (c < 0) return;
  if (c == '<') return open_markup();
  if (c == '&') return reference();
  out_ += static_cast<char>(c);
}

/// A "<" of the text has been taken.
void XmlRepair::open_markup() {
  const int next = input_.peek();
  if (next == '/') {
    take();
    return close_element(take_name());
  }
  if (starts_name(next)) return open_element(take_name());
  if (next == '?') {
    where_ = Where::kInstruction;
    tail_.clear();
    out_ += '<';
    return;
  }
  if (next != '!') {
    out_ += "&lt;";
    return;
  }
  std::string opened = "<";
  constexpr std::string_view kCdata = "<![CDATA[";
  constexpr std::string_view kComment = "<!--";
  while (opened != kCdata && opened != kComment) {
    const char wanted = static_cast<char>(input_.peek());
    if (!kCdata.starts_with(opened + wanted) && !kComment.starts_with(opened + wanted)) break;
    if (const int c = take(); c >= 0) opened += static_cast<char>(c);
  }
  if (opened == kCdata || opened == kComment) {
    where_ = opened == kCdata ? Where::kCdata : Where::kComment;
    tail_.clear();
    out_ += opened;
  } else {
    out_ += "&lt;" + opened.substr(1);
  }
}

void XmlRepair::open_element(std::string_view name) {
  if (root_.empty()) root_ = name;
  begin_tag('<' + std::string(name));
  void_element_ = is_void(name);
}

void XmlRepair::begin_tag(std::string_view opening) {
  open_tag_ = out_.size();
  out_ += opening;
  attributes_ = 0;
  last_in_tag_ = 0;
  where_ = Where::kTag;
}

void XmlRepair::end_tag() {
  open_tag_.reset();
  where_ = Where::kText;
}

void XmlRepair::close_element(std::string_view name) {
  if (is_void(name)) return skip_past(">");
  if (name == root_) root_closed_ = true;
  begin_tag("</" + std::string(name));
  void_element_ = false;
}

void XmlRepair::open_quote(char quote) {
  quote_ = quote;
  inner_tag_ = false;
  where_ = Where::kQuoted;
  if (++attributes_ <= kMostAttributes) return;
  too_wide_ = true;
  where_ = Where::kEnd;
}

/// The value's own quote has been taken: it ends the value if the tag or another attribute goes on behind it.
void XmlRepair::close_quote() {
  std::string behind;
  while (is_space(input_.peek()) && behind.size() < kLongestTagName) behind += static_cast<char>(take());
  const std::string name = take_name();
  std::string gap;
  while (!name.empty() && is_space(input_.peek()) && gap.size() < kLongestTagName)
    gap += static_cast<char>(take());
  const int next = input_.peek();
  const bool is_end =
      name.empty() ? (next == '>' || next == '/' || next == '?' || next == '<' || next < 0) : next == '=';
  if (!is_end) {
    out_ += (quote_ == '"' ? "&quot;" : "&apos;") + behind + name + gap;
    return;
  }
  where_ = where_ == Where::kEnd ? where_ : Where::kTag;
  out_ += quote_ + (behind.empty() && !name.empty() ? " " : behind) + name;
  last_in_tag_ = 'x';
}

/// A "<" has been taken within a value.
void XmlRepair::less_than_in_quotes() {
  const bool closes = input_.peek() == '/';
  if (closes) take();
  const std::string name = take_name();
  if (std::find(kStructure.begin(), kStructure.end(), name) == kStructure.end()) {
    out_ += std::string(closes ? "&lt;/" : "&lt;") + name;
    inner_tag_ = !name.empty() && is_space(input_.peek());
    return;
  }
  end_tag();
  return closes ? close_element(name) : open_element(name);
}

void XmlRepair::step_tag() {
  const int c = take();
  if (c < 0) return;
  if (out_.size() - open_tag_.value_or(0) > kLongestTag) {
    too_wide_ = true;
    where_ = Where::kEnd;
    return;
  }
  const bool inside = where_ == Where::kQuoted;
  if (c == '<') {
    if (inside) return less_than_in_quotes();
    end_tag();  // it was never finished; the parser says so and goes on
    return open_markup();
  }
  if (c == '&') return reference();
  if (inside && c == '>') inner_tag_ = false;
  if (inside && c == quote_ && !inner_tag_) return close_quote();
  if (inside && c == quote_) {
    out_ += quote_ == '"' ? "&quot;" : "&apos;";
    return;
  }
  if (!inside && c == '>') {
    out_ += void_element_ && last_in_tag_ != '/' ? "/>" : ">";
    return end_tag();
  }
  if (!inside && (c == '"' || c == '\'') && last_in_tag_ == '=') open_quote(static_cast<char>(c));
  if (!is_space(c)) last_in_tag_ = static_cast<char>(c);
  out_ += static_cast<char>(c);
}

void XmlRepair::step_until(std::string_view terminator) {
  const int c = take();
  if (c < 0) return;
  out_ += static_cast<char>(c);
  tail_ += static_cast<char>(c);
  if (tail_.ends_with(terminator)) {
    where_ = Where::kText;
  } else if (tail_.size() > terminator.size()) {
    tail_.erase(0, 1);
  }
}

/// An "&" has been taken, in text or in a tag.
void XmlRepair::reference() {
  std::string name;
  while (name.size() < kLongestReference) {
    const int c = input_.peek();
    if (!is_letter(c) && !is_digit(c) && !(c == '#' && name.empty())) break;
    name += static_cast<char>(take());
  }
  if (input_.peek() != ';') {
    out_ += "&amp;" + name;
    return;
  }
  take();
  last_in_tag_ = ';';
  if (is_predefined(name) || is_number(name)) {
    out_ += '&' + name + ';';
    return;
  }
  const std::string character = named_(name);
  out_ += character.empty() ? "&amp;" + name + ';' : character;
}

}  // namespace earmark::crawler
