#pragma once
// Comma-separated values (RFC 4180): read a record at a time, written so that no spreadsheet runs them.
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace earmark {

/// A cell as it is, in quotes where it needs them: for numbers, times and our own codes.
[[nodiscard]] std::string csv_cell(std::string_view text);

/// A cell of text that others wrote. One that a spreadsheet would take for a formula ("=SUM(A1)", "+1",
/// "@x") begins with an apostrophe. Source: OWASP, "CSV Injection".
[[nodiscard]] std::string csv_text(std::string_view text);

/// Reads one record after the other. Thread-confined; the text must outlive it.
class CsvReader {
 public:
  explicit CsvReader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  /// Of the next record, from 1.
  [[nodiscard]] std::size_t line() const { return line_; }

  /// The next record's fields, as they are between the commas; the strings of `fields` are used again, so
  /// that a long file costs no allocation a record. A field that begins with a quote ends with one; within, a
  /// doubled quote is one, and commas and line ends are allowed. kInvalidArgument: a quote that does not end,
  /// or text behind one: `fields` is what could be read, and the next call goes on behind it.
  [[nodiscard]] Status next(std::vector<std::string>& fields);

 private:
  bool take(char c);
  [[nodiscard]] bool at_line_end() const;
  void quoted(std::string& field, Status& wrong);
  void plain(std::string& field);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

/// Reads a text that is one record, with or without its line end. kInvalidArgument as CsvReader::next.
[[nodiscard]] Status read_csv_line(std::string_view line, std::vector<std::string>& fields);

}  // namespace earmark
