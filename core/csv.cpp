#include "core/csv.h"

#include <algorithm>

namespace earmark {
namespace {

constexpr std::string_view kNeedsQuotes = ",\"\r\n";
constexpr std::string_view kBeginsFormula = "=+-@\t\r\n";

}  // namespace

std::string csv_cell(std::string_view text) {
  if (text.find_first_of(kNeedsQuotes) == std::string_view::npos) return std::string(text);
  std::string cell = "\"";
  for (const char c : text) {
    if (c == '"') cell += c;
    cell += c;
  }
  return cell + '"';
}

std::string csv_text(std::string_view text) {
  const bool is_formula = !text.empty() && kBeginsFormula.find(text.front()) != std::string_view::npos;
  return is_formula ? csv_cell("'" + std::string(text)) : csv_cell(text);
}

bool CsvReader::take(char c) {
  if (at_end() || text_[at_] != c) return false;
  ++at_;
  return true;
}

/// Before "\n", "\r\n" or the end, also one that a "\r" stands before.
bool CsvReader::at_line_end() const {
  if (at_end() || text_[at_] == '\n') return true;
  return text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n');
}

void CsvReader::quoted(std::string& field, Status& wrong) {
  while (true) {
    const auto quote = text_.find('"', at_);
    const auto part = text_.substr(at_, quote - at_);
    line_ += static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
    field += part;
    at_ += part.size();
    if (!take('"')) {
      wrong = fail(ErrorCode::kInvalidArgument, "a quote does not end");
      return;
    }
    if (!take('"')) break;
    field += '"';
  }
  while (take(' ')) {
  }
  if (at_line_end() || text_[at_] == ',') return;
  wrong = fail(ErrorCode::kInvalidArgument, "there is text between a quote that ends and the next comma");
  plain(field);
}

void CsvReader::plain(std::string& field) {
  const auto begin = at_;
  while (!at_line_end() && text_[at_] != ',') ++at_;
  field += text_.substr(begin, at_ - begin);
}

Status CsvReader::next(std::vector<std::string>& fields) {
  Status wrong;
  std::size_t count = 0;
  do {
    if (count == fields.size()) fields.emplace_back();
    std::string& field = fields[count++];
    field.clear();
    if (take('"')) {
      quoted(field, wrong);
    } else {
      plain(field);
    }
  } while (take(','));
  take('\r');
  if (take('\n')) ++line_;
  fields.resize(count);
  return wrong;
}

Status read_csv_line(std::string_view line, std::vector<std::string>& fields) {
  CsvReader reader(line);
  EARMARK_TRY_STATUS(reader.next(fields));
  if (reader.at_end()) return {};
  return fail(ErrorCode::kInvalidArgument, "a line ends within it");
}

}  // namespace earmark
