#include "api/http.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace earmark::api {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view find_header(const std::vector<Header>& headers, std::string_view name) {
  for (const Header& header : headers) {
    if (same_name(header.name, name)) return header.value;
  }
  return {};
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

std::string form_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low >= 0) {
      out.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    } else {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

}  // namespace

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view Request::header(std::string_view name) const { return find_header(headers, name); }

std::string Request::media_type() const {
  std::string_view text = header("Content-Type");
  text = text.substr(0, text.find(';'));
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::string type(text);
  std::transform(type.begin(), type.end(), type.begin(), lower);
  return type;
}

std::optional<std::string> Request::param(const std::string& name) const {
  const auto found = params.find(name);
  if (found == params.end()) return std::nullopt;
  return found->second;
}

std::optional<std::uint64_t> Request::content_length() const {
  const std::string_view text = header("Content-Length");
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void Response::set_header(std::string_view name, std::string value) {
  for (Header& header : headers) {
    if (!same_name(header.name, name)) continue;
    header.value = std::move(value);
    return;
  }
  headers.push_back({std::string(name), std::move(value)});
}

std::string_view Response::header(std::string_view name) const { return find_header(headers, name); }

std::multimap<std::string, std::string> parse_form(std::string_view text) {
  std::multimap<std::string, std::string> params;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    params.emplace(form_decoded(pair.substr(0, equals)),
                   equals < pair.size() ? form_decoded(pair.substr(equals + 1)) : std::string());
  }
  return params;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out.push_back(c);
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

}  // namespace earmark::api
