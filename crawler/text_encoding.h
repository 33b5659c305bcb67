#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace earmark::crawler {

/// Reads a document of any declared encoding as UTF-8 that an XML parser cannot trip over: valid, and without
/// the control characters that XML forbids (they become spaces). Thread-confined; borrows the document.
///
/// The encoding is the byte order mark's, else the transport's charset, else the XML declaration's, else
/// UTF-8 (RFC 7303 §3), with names as the WHATWG Encoding Standard reads them ("iso-8859-1" is windows-1252,
/// "gb2312" is GB18030). Documents that declare something else and are clearly UTF-8 are read as UTF-8. Bytes
/// that are not UTF-8 in a document that says it is are read as windows-1252, the usual culprit; in any other
/// encoding they become U+FFFD.
class Utf8Stream {
 public:
  Utf8Stream(std::span<const std::byte> document, std::string_view charset);
  ~Utf8Stream();
  Utf8Stream(Utf8Stream&&) noexcept;
  Utf8Stream& operator=(Utf8Stream&&) noexcept;

  /// The next 1 to out.size() bytes; 0 at the end. May split a character between two calls.
  [[nodiscard]] std::size_t read(std::span<char> out);
  /// The next byte without taking it; -1 at the end.
  [[nodiscard]] int peek();
  /// Takes the next byte; -1 at the end.
  int take();

  /// What was wrong with the encoding so far.
  [[nodiscard]] std::vector<std::string> warnings() const;

 private:
  struct State;
  void refill();

  std::unique_ptr<State> state_;
};

/// The charset parameter of a media type ("text/xml; charset=gbk"); empty where there is none.
[[nodiscard]] std::string charset_of(std::string_view content_type);

}  // namespace earmark::crawler
