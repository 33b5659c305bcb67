#include "bench/prints.h"

#include <string_view>

#include "core/file.h"
#include "fingerprint/codec.h"

namespace earmark::bench {
namespace {

constexpr std::uint64_t kLargestTable = 1ULL << 28;
constexpr std::uint64_t kLargestPrint = 1ULL << 28;

std::vector<std::string> cut(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (std::size_t first = 0; first <= text.size();) {
    const std::size_t end = std::min(text.find(at, first), text.size());
    parts.emplace_back(text.substr(first, end - first));
    first = end + 1;
  }
  return parts;
}

}  // namespace

Result<std::vector<std::vector<std::string>>> read_table(const std::string& path) {
  EARMARK_TRY(const Bytes bytes, read_file(path, kLargestTable));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : cut(text, '\n')) {
    if (!line.empty()) rows.push_back(cut(line, '\t'));
  }
  return rows;
}

Result<fingerprint::Fingerprint> read_print(const std::string& path) {
  EARMARK_TRY(const Bytes bytes, read_file(path, kLargestPrint));
  auto print = fingerprint::decode(bytes);
  if (!print) return fail(print.error().code, path + ": " + print.error().message);
  return print;
}

Result<std::vector<fingerprint::Fingerprint>> read_prints(const std::string& table) {
  EARMARK_TRY(const auto rows, read_table(table));
  std::vector<fingerprint::Fingerprint> prints;
  for (const auto& row : rows) {
    EARMARK_TRY(auto print, read_print(row.front()));
    prints.push_back(std::move(print));
  }
  return prints;
}

}  // namespace earmark::bench
