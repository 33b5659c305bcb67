// The home of libxml2: its SAX2 parser in recovery mode, pulled from an XmlRepair. The pull parser and not
// the push parser, because the latter gives up at a stray "<".
#include "crawler/xml.h"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>

#include <fmt/format.h>
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "crawler/text_encoding.h"
#include "crawler/xml_repair.h"

namespace earmark::crawler {
namespace {

constexpr std::size_t kMostWarnings = 10;
constexpr int kDeepest = 200;  ///< libxml2 itself gives up at 256
/// Work of looking namespace prefixes up (elements and attributes × declarations in scope) that a document
/// may cost. Real feeds stay below 10^6 per 1,000 items; this much takes some seconds.
constexpr std::uint64_t kMostLookups = 2'000'000'000;

std::string_view text(const xmlChar* begin) {
  return begin == nullptr ? std::string_view{} : std::string_view(reinterpret_cast<const char*>(begin));
}

std::string html_character(std::string_view name) {
  const std::string terminated(name);
  const htmlEntityDesc* entity = htmlEntityLookup(reinterpret_cast<const xmlChar*>(terminated.c_str()));
  if (entity == nullptr) return {};
  std::array<xmlChar, 8> utf8{};
  const int length = xmlCopyCharMultiByte(utf8.data(), static_cast<int>(entity->value));
  return {reinterpret_cast<const char*>(utf8.data()), static_cast<std::size_t>(length)};
}

struct Session {
  XmlHandler& handler;
  XmlRepair& source;
  XmlSummary& summary;
  xmlParserCtxtPtr context = nullptr;
  std::vector<int> declared = {};  ///< namespaces declared by each open element
  std::uint64_t in_scope = 0;
  std::uint64_t lookups = 0;
  std::vector<XmlAttribute> attributes = {};

  void warn(std::string warning) {
    if (summary.warnings.size() < kMostWarnings) summary.warnings.push_back(std::move(warning));
  }
  void obey(XmlHandler::Next next) {
    if (next == XmlHandler::Next::kStop) xmlStopParser(context);
  }
};

void on_start(void* session_pointer, const xmlChar* name, const xmlChar* prefix, const xmlChar* uri,
              int namespaces, const xmlChar** /*namespace_list*/, int attribute_count, int /*defaulted*/,
              const xmlChar** attribute_list) {
  Session& session = *static_cast<Session*>(session_pointer);
  session.summary.has_root = true;
  session.declared.push_back(namespaces);
  session.in_scope += static_cast<std::uint64_t>(namespaces);
  session.lookups += session.in_scope * (1 + static_cast<std::uint64_t>(attribute_count));
  if (session.declared.size() > kDeepest || session.lookups > kMostLookups) {
    session.warn(session.declared.size() > kDeepest ? "elements nested too deep, the rest is not read"
                                                    : "too many namespaces, the rest is not read");
    return session.obey(XmlHandler::Next::kStop);
  }
  constexpr int kFieldsOfAttribute = 5;  // localname, prefix, URI, value, end
  session.attributes.clear();
  for (int i = 0; i < attribute_count; ++i) {
    const xmlChar** fields = attribute_list + static_cast<std::ptrdiff_t>(i) * kFieldsOfAttribute;
    const auto length = static_cast<std::size_t>(fields[4] - fields[3]);
    session.attributes.push_back({text(fields[0]), {reinterpret_cast<const char*>(fields[3]), length}});
  }
  session.obey(session.handler.on_start({text(uri), text(prefix), text(name), session.attributes}));
}

void on_end(void* session_pointer, const xmlChar* /*name*/, const xmlChar* /*prefix*/,
            const xmlChar* /*uri*/) {
  Session& session = *static_cast<Session*>(session_pointer);
  if (session.declared.empty()) return;
  session.in_scope -= static_cast<std::uint64_t>(session.declared.back());
  session.declared.pop_back();
  session.obey(session.handler.on_end());
}

void on_text(void* session_pointer, const xmlChar* characters, int length) {
  static_cast<Session*>(session_pointer)
      ->handler.on_text({reinterpret_cast<const char*>(characters), static_cast<std::size_t>(length)});
}

void on_error(void* session_pointer, xmlErrorPtr error) {
  Session& session = *static_cast<Session*>(session_pointer);
  if (session.summary.warnings.size() >= kMostWarnings || error->message == nullptr) return;
  std::string message = error->message;
  while (!message.empty() && message.back() == '\n') message.pop_back();
  const auto line = session.source.lines_before_root() + static_cast<std::uint64_t>(error->line);
  session.warn(fmt::format("line {}: {}", line, message));
}

int read_some(void* session_pointer, char* buffer, int length) {
  Session& session = *static_cast<Session*>(session_pointer);
  return static_cast<int>(session.source.read({buffer, static_cast<std::size_t>(length)}));
}

struct ContextDeleter {
  void operator()(xmlParserCtxtPtr context) const { xmlFreeParserCtxt(context); }
};

void parse(Session& session) {
  static std::once_flag initialised;
  std::call_once(initialised, xmlInitParser);
  xmlSAXHandler sax{};
  sax.initialized = XML_SAX2_MAGIC;
  sax.startElementNs = on_start;
  sax.endElementNs = on_end;
  sax.characters = on_text;
  sax.cdataBlock = on_text;
  sax.ignorableWhitespace = on_text;
  sax.serror = on_error;
  const std::unique_ptr<xmlParserCtxt, ContextDeleter> context(
      xmlCreateIOParserCtxt(&sax, &session, read_some, nullptr, &session, XML_CHAR_ENCODING_NONE));
  if (context == nullptr) return session.warn("no memory for a parser");
  session.context = context.get();
  // NOENT only makes "&amp;" in attributes come out as "&": there are no entities to substitute. No HUGE: its
  // limits stay.
  xmlCtxtUseOptions(context.get(),
                    XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_IGNORE_ENC);
  xmlParseDocument(context.get());
}

}  // namespace

XmlSummary read_xml(std::span<const std::byte> document, std::string_view charset, XmlHandler& handler) {
  XmlSummary summary;
  Utf8Stream characters(document, charset);
  XmlRepair source(characters, html_character);
  Session session{handler, source, summary};
  parse(session);
  summary.is_complete = source.is_root_closed();
  summary.stray_text = source.stray_text();
  if (summary.has_root && !summary.is_complete) summary.warnings.emplace_back("the document is cut off");
  if (source.is_too_wide()) {
    session.warn(fmt::format("a tag has more than {} attributes or {} bytes, the rest is not read",
                             XmlRepair::kMostAttributes, XmlRepair::kLongestTag));
  }
  for (std::string& warning : characters.warnings()) session.warn(std::move(warning));
  return summary;
}

}  // namespace earmark::crawler
