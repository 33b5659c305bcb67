#include "crawler/text_encoding.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <iconv.h>

#include "core/bytes.h"
#include "crawler/ascii.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kBlock = 16384;             ///< bytes of input converted at a time
constexpr std::size_t kDeclarationWithin = 1024;  ///< bytes in which an XML declaration is looked for
constexpr int kClearlyUtf8 =
    8;  ///< valid multi-byte sequences, and no invalid one, that no other encoding has by chance
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Labels that we accept, and what iconv is asked for; no other converter of the C library is ever run on
/// foreign bytes. Source: WHATWG Encoding Standard §4.2.
constexpr std::array<std::pair<std::string_view, const char*>, 58> kEncodings = {{
    {"utf-8", "UTF-8"},
    {"utf8", "UTF-8"},
    {"unicode-1-1-utf-8", "UTF-8"},
    {"us-ascii", "CP1252"},
    {"ascii", "CP1252"},
    {"iso-8859-1", "CP1252"},
    {"iso8859-1", "CP1252"},
    {"latin1", "CP1252"},
    {"iso_8859-1", "CP1252"},
    {"l1", "CP1252"},
    {"windows-1252", "CP1252"},
    {"cp1252", "CP1252"},
    {"x-cp1252", "CP1252"},
    {"windows-1250", "CP1250"},
    {"windows-1251", "CP1251"},
    {"cp1251", "CP1251"},
    {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},
    {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"windows-874", "CP874"},
    {"tis-620", "CP874"},
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-9", "CP1254"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"ibm866", "CP866"},
    {"macintosh", "MACINTOSH"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"gb18030", "GB18030"},
    {"x-gbk", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"big5-hkscs", "BIG5-HKSCS"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"sjis", "CP932"},
    {"x-sjis", "CP932"},
    {"windows-31j", "CP932"},
    {"euc-jp", "EUC-JP"},
    {"x-euc-jp", "EUC-JP"},
    {"iso-2022-jp", "ISO-2022-JP"},
    {"euc-kr", "CP949"},
    {"ks_c_5601-1987", "CP949"},
    {"windows-949", "CP949"},
}};

/// Windows-1252's bytes 0x80 to 0x9F; the rest is ISO 8859-1. Source: WHATWG index-windows-1252.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178};

const char* known_encoding(std::string_view label) {
  const std::string name = ascii_lower(label);
  for (const auto& [known, encoding] : kEncodings) {
    if (name == known) return encoding;
  }
  return nullptr;
}

/// Length of the valid UTF-8 character at the front, 0 where there is none. Source: Unicode 15, table 3-7.
std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto is_tail = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned first = at(0);
  if (first < 0x80) return text.empty() ? 0 : 1;
  if (first >= 0xC2 && first <= 0xDF) return is_tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (first == 0xE0 && at(1) < 0xA0) return 0;
    if (first == 0xED && at(1) > 0x9F) return 0;
    return is_tail(1) && is_tail(2) ? 3 : 0;
  }
  if (first < 0xF0 || first > 0xF4) return 0;
  if (first == 0xF0 && at(1) < 0x90) return 0;
  if (first == 0xF4 && at(1) > 0x8F) return 0;
  return is_tail(1) && is_tail(2) && is_tail(3) ? 4 : 0;
}

bool is_clearly_utf8(std::string_view text) {
  int long_characters = 0;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    if (length > 1) ++long_characters;
    text.remove_prefix(length);
  }
  return long_characters >= kClearlyUtf8;
}

void append_windows1252(unsigned char byte, std::string& out) {
  const unsigned code = byte >= 0x80 && byte < 0xA0 ? kWindows1252[byte - 0x80U] : byte;
  if (code < 0x800) {
    out += static_cast<char>(0xC0U | (code >> 6U));
  } else {
    out += static_cast<char>(0xE0U | (code >> 12U));
    out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
  }
  out += static_cast<char>(0x80U | (code & 0x3FU));
}

/// The label in <?xml … encoding="label"?>; empty where there is none.
std::string_view declared_encoding(std::string_view head) {
  const std::size_t begin = head.find("<?xml");
  if (begin == std::string_view::npos) return {};
  const std::string_view declaration = head.substr(begin, head.find("?>", begin) - begin);
  std::size_t at = declaration.find("encoding");
  if (at == std::string_view::npos) return {};
  at = declaration.find_first_of("\"'", at);
  if (at == std::string_view::npos) return {};
  const std::size_t end = declaration.find(declaration[at], at + 1);
  return end == std::string_view::npos ? std::string_view{} : declaration.substr(at + 1, end - at - 1);
}

struct Signature {
  std::string_view bytes;
  const char* encoding;
  std::size_t mark;  ///< how many of the bytes are a byte order mark
};

/// Byte order marks, then "<" and "<?" as UTF-32 and UTF-16 write them; the longer of two that fit comes
/// first. Source: XML 1.0 5th ed., appendix F.1.
constexpr std::array<Signature, 9> kSignatures = {{
    {{"\0\0\xFE\xFF", 4}, "UTF-32BE", 4},
    {{"\xFF\xFE\0\0", 4}, "UTF-32LE", 4},
    {{"\xEF\xBB\xBF", 3}, "UTF-8", 3},
    {{"\xFE\xFF", 2}, "UTF-16BE", 2},
    {{"\xFF\xFE", 2}, "UTF-16LE", 2},
    {{"\0\0\0<", 4}, "UTF-32BE", 0},
    {{"<\0\0\0", 4}, "UTF-32LE", 0},
    {{"\0<", 2}, "UTF-16BE", 0},
    {{"<\0", 2}, "UTF-16LE", 0},
}};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool is_forbidden(unsigned char byte) { return byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r'; }

}  // namespace

std::string charset_of(std::string_view content_type) {
  const std::string lower = ascii_lower(content_type);
  std::size_t at = lower.find("charset");
  if (at == std::string::npos) return {};
  at = lower.find('=', at);
  if (at == std::string::npos) return {};
  std::string_view value = trimmed(std::string_view(lower).substr(at + 1));
  value = trimmed(value.substr(0, value.find(';')));
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
    value = value.substr(1, value.size() - 2);
  }
  return std::string(value);
}

struct Utf8Stream::State {
  std::string_view input;       ///< what is still to be converted
  std::string encoding;         ///< iconv's name; "UTF-8" is done here
  iconv_t converter = nullptr;  ///< null for UTF-8
  std::string ready;            ///< converted, from `taken` on
  std::size_t taken = 0;
  std::string choice_warning;
  std::size_t bad_bytes = 0;
  std::size_t control_characters = 0;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (converter != nullptr) iconv_close(converter);
  }

  void choose_encoding(std::string_view charset);
  void convert_utf8();
  void convert_other();
  void append_clean(std::string_view character);
  [[nodiscard]] std::size_t unit() const {
    if (encoding.starts_with("UTF-32")) return 4;
    return encoding.starts_with("UTF-16") ? 2 : 1;
  }
};

void Utf8Stream::State::choose_encoding(std::string_view charset) {
  encoding = "UTF-8";
  for (const Signature& signature : kSignatures) {
    if (!input.starts_with(signature.bytes)) continue;
    encoding = signature.encoding;
    input.remove_prefix(signature.mark);
    return;
  }
  for (const std::string_view label : {charset, declared_encoding(input.substr(0, kDeclarationWithin))}) {
    if (label.empty()) continue;
    if (const char* known = known_encoding(label)) {
      encoding = known;
      break;
    }
    // A UTF-16 or UTF-32 label on bytes that were just read as ASCII is wrong; any other is not known.
    choice_warning = fmt::format("encoding \"{}\" is unknown or wrong, read as UTF-8", label.substr(0, 40));
  }
  if (encoding != "UTF-8" && is_clearly_utf8(input)) {
    choice_warning = fmt::format("declared as {}, is UTF-8", encoding);
    encoding = "UTF-8";
  }
}

void Utf8Stream::State::append_clean(std::string_view character) {
  const auto first = static_cast<unsigned char>(character.front());
  if (is_forbidden(first)) {
    ++control_characters;
    ready += ' ';
  } else if (character == "\xEF\xBF\xBE" ||
             character == "\xEF\xBF\xBF") {  // U+FFFE and U+FFFF are no characters
    ++control_characters;
    ready += kReplacement;
  } else {
    ready += character;
  }
}

void Utf8Stream::State::convert_utf8() {
  const std::size_t stop_at = input.size() > kBlock ? input.size() - kBlock : 0;
  while (input.size() > stop_at) {
    const std::size_t length = utf8_length(input);
    if (length == 0) {
      ++bad_bytes;
      append_windows1252(static_cast<unsigned char>(input.front()), ready);
      input.remove_prefix(1);
      continue;
    }
    append_clean(input.substr(0, length));
    input.remove_prefix(length);
  }
}

void Utf8Stream::State::convert_other() {
  std::array<char, kBlock> converted{};
  char* in = const_cast<char*>(input.data());  // iconv's prototype; it does not write there
  std::size_t in_left = std::min(input.size(), kBlock);
  const bool is_last = in_left == input.size();
  char* out = converted.data();
  std::size_t out_left = converted.size();
  const std::size_t outcome = iconv(converter, &in, &in_left, &out, &out_left);
  const int error = outcome == static_cast<std::size_t>(-1) ? errno : 0;
  input.remove_prefix(static_cast<std::size_t>(in - input.data()));
  std::string_view text(converted.data(), converted.size() - out_left);
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    append_clean(text.substr(0, length));
    text.remove_prefix(length);
  }
  if (error == EILSEQ || (error == EINVAL && is_last)) {
    ++bad_bytes;
    ready += kReplacement;
    input.remove_prefix(std::min(unit(), input.size()));
  }
}

Utf8Stream::Utf8Stream(std::span<const std::byte> document, std::string_view charset)
    : state_(std::make_unique<State>()) {
  state_->input = as_text(document);
  state_->choose_encoding(charset);
  if (state_->encoding == "UTF-8") return;
  const iconv_t converter = iconv_open("UTF-8", state_->encoding.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) {  // a C library without its converter modules
    state_->choice_warning =
        fmt::format("no converter for {} on this machine, read as UTF-8", state_->encoding);
    state_->encoding = "UTF-8";
    return;
  }
  state_->converter = converter;
}

Utf8Stream::~Utf8Stream() = default;
Utf8Stream::Utf8Stream(Utf8Stream&&) noexcept = default;
Utf8Stream& Utf8Stream::operator=(Utf8Stream&&) noexcept = default;

void Utf8Stream::refill() {
  State& state = *state_;
  if (state.taken < state.ready.size()) return;
  state.ready.clear();
  state.taken = 0;
  while (state.ready.empty() && !state.input.empty()) {
    if (state.converter == nullptr) {
      state.convert_utf8();
    } else {
      state.convert_other();
    }
  }
}

std::size_t Utf8Stream::read(std::span<char> out) {
  refill();
  const std::size_t count = std::min(out.size(), state_->ready.size() - state_->taken);
  std::copy_n(state_->ready.data() + state_->taken, count, out.data());
  state_->taken += count;
  return count;
}

int Utf8Stream::peek() {
  refill();
  return state_->taken < state_->ready.size() ? static_cast<unsigned char>(state_->ready[state_->taken]) : -1;
}

int Utf8Stream::take() {
  const int next = peek();
  if (next >= 0) ++state_->taken;
  return next;
}

std::vector<std::string> Utf8Stream::warnings() const {
  std::vector<std::string> out;
  if (!state_->choice_warning.empty()) out.push_back(state_->choice_warning);
  if (state_->bad_bytes > 0) {
    out.push_back(fmt::format("{} bytes are not {}", state_->bad_bytes, state_->encoding));
  }
  if (state_->control_characters > 0) {
    out.push_back(fmt::format("{} characters that XML forbids", state_->control_characters));
  }
  return out;
}

}  // namespace earmark::crawler
