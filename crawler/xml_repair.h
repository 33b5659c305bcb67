#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crawler/text_encoding.h"

namespace earmark::crawler {

/// The UTF-8 text of a named character reference ("nbsp"); empty when the name is none.
using NamedCharacter = std::string (*)(std::string_view name);

/// Turns what publishers write into what an XML parser can get through, a byte at a time:
///  - everything before the root element is left out: declaration, comments, stray text, and above all the
///  document type,
///    so that the parser behind sees no entity or attribute declarations at all;
///  - an "&" that begins no character reference becomes "&amp;" (enclosure URLs!), HTML's named characters
///  become themselves;
///  - a "<" that begins no markup becomes "&lt;"; HTML's void elements (<br>, <img …>) are closed;
///  - the stream ends before a tag with more than kMostAttributes attributes (the parser's time for one is
///  quadratic) or of
///    more than kLongestTag bytes, and before one that the end of the document cuts off.
///  - a "<" or quote within an attribute's value is escaped where it plainly does not end the tag or the
///  value.
/// CDATA sections pass unchanged. Thread-confined; borrows the stream.
class XmlRepair {
 public:
  static constexpr int kMostAttributes = 128;
  static constexpr std::size_t kLongestTag = 1 << 20;

  XmlRepair(Utf8Stream& input, NamedCharacter named) : input_(input), named_(named) {}

  /// The next 1 to out.size() bytes; 0 at the end.
  [[nodiscard]] std::size_t read(std::span<char> out);

  /// Line of the input on which the root element begins, from 0.
  [[nodiscard]] std::uint64_t lines_before_root() const { return lines_before_root_; }
  /// The end tag of the root element has been read: the document was not cut off.
  [[nodiscard]] bool is_root_closed() const { return root_closed_; }
  [[nodiscard]] bool is_too_wide() const { return too_wide_; }
  /// The first bytes that are neither white space nor markup in front of the root; what "this is not XML" can
  /// show.
  [[nodiscard]] const std::string& stray_text() const { return stray_text_; }

 private:
  enum class Where { kProlog, kText, kTag, kQuoted, kComment, kCdata, kInstruction, kEnd };

  void step();
  void step_prolog();
  void step_text();
  void step_tag();
  void step_until(std::string_view terminator);
  void skip_past(std::string_view terminator);
  void skip_document_type();
  void open_markup();
  void begin_tag(std::string_view opening);
  void end_tag();
  void open_element(std::string_view name);
  void close_element(std::string_view name);
  void reference();
  void open_quote(char quote);
  void close_quote();
  void less_than_in_quotes();
  std::string take_name();
  int take();

  Utf8Stream& input_;
  NamedCharacter named_;
  Where where_ = Where::kProlog;
  std::string out_;
  std::size_t given_ = 0;
  std::optional<std::size_t>
      open_tag_;  ///< where in out_ the tag begins whose end is not yet read; it is held back
  std::string root_;
  std::string tail_;  ///< the last bytes of a comment, CDATA section or instruction, to see its end
  char quote_ = 0;
  char last_in_tag_ = 0;  ///< last byte of the open tag that is not white space
  bool void_element_ = false;
  bool inner_tag_ = false;  ///< in an HTML tag within an attribute's value
  int attributes_ = 0;
  std::uint64_t lines_ = 0;
  std::uint64_t lines_before_root_ = 0;
  bool root_closed_ = false;
  bool too_wide_ = false;
  std::string stray_text_;
};

}  // namespace earmark::crawler
