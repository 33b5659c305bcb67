#include "tests/architecture/rules.h"

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "core/file.h"

namespace earmark::test {
namespace {

using Modules = std::set<std::string, std::less<>>;

const Modules kAll = {"core",         "audio",     "storage",  "fingerprint", "index",    "registry",
                      "monetization", "catalogue", "evidence", "crawler",     "audience", "recsys",
                      "api",          "cli",       "tools",    "bench",       "tests"};

/// Which modules a module may include, besides itself.
const std::map<std::string, Modules, std::less<>> kLayers = {
    {"core", {}},
    {"audio", {"core"}},
    {"storage", {"core"}},
    {"fingerprint", {"core", "audio"}},
    {"index", {"core", "fingerprint"}},
    {"registry", {"core", "storage"}},
    {"monetization", {"core", "storage", "registry"}},
    {"catalogue", {"core", "storage", "audio", "fingerprint", "index", "registry"}},
    {"evidence", {"core", "storage", "audio", "fingerprint", "index", "registry", "catalogue"}},
    {"crawler", {"core", "storage", "audio", "fingerprint", "index", "registry", "catalogue", "evidence"}},
    {"audience", {"core", "storage", "registry"}},
    {"recsys", {"core", "storage", "fingerprint", "registry"}},
    {"api",
     {"core", "storage", "audio", "fingerprint", "index", "registry", "catalogue", "evidence", "crawler"}},
    {"cli",
     {"core", "storage", "audio", "fingerprint", "index", "registry", "monetization", "catalogue", "evidence",
      "crawler", "audience", "recsys", "api"}},
    {"tools", kAll},
    {"bench", kAll},
    {"tests", kAll},
};

/// Where a module may see only some headers of another.
const std::map<std::pair<std::string, std::string>, std::set<std::string>> kNarrow = {
    {{"index", "fingerprint"}, {"fingerprint/types.h", "fingerprint/model.h"}},
    {{"cli", "api"}, {"api/server.h", "api/keys.h", "api/encode.h"}},
};

/// A third-party library: how its headers are spelled, and which files may include them.
struct Vendor {
  const char* name;
  const char* header;  ///< regular expression for the whole spelling
  const char* home;    ///< regular expression for the whole path
};

constexpr Vendor kVendors[] = {
    {"tl::expected", R"(tl/.*)", R"(core/result\.h)"},
    {"nlohmann-json", R"(nlohmann/.*)", R"(core/json\.(h|cpp))"},
    {"fmt", R"(fmt/.*)", R"(core/log\.h|.*\.cpp)"},
    {"libsodium", R"(sodium.*)", R"(core/(hash|sealing|signing)\.cpp)"},
    {"FFmpeg", R"(lib(av|sw)[a-z]*/.*)", R"(audio/worker/[a-z_]*\.cpp)"},
    {"libsndfile", R"(sndfile\.h(h)?)", R"(audio/worker/[a-z_]*\.cpp)"},
    {"libseccomp", R"(seccomp\.h)", R"(audio/worker/sandbox\.cpp)"},
    {"FFTW", R"(fftw3\.h)", R"(fingerprint/fft\.cpp)"},
    {"libchromaprint", R"(chromaprint\.h)", R"(fingerprint/chromaprint\.cpp)"},
    {"FAISS", R"(faiss/.*)", R"((index/quantiser|tools/[a-z_]+|tests/index/vector_index_test)\.cpp)"},
    {"Eigen", R"(Eigen/.*)", R"(tools/.*|(audience/least_squares|recsys/dense)\.cpp)"},
    {"RE2", R"(re2/.*)", R"(audience/user_agents\.cpp)"},
    {"zlib", R"(zlib\.h)", R"(audience/log_reader\.cpp)"},
    {"SOCI", R"(soci/.*)", R"(storage/[a-z_]*\.cpp)"},
    {"SQLite", R"(sqlite3\.h)", R"(storage/[a-z_]*\.cpp)"},
    {"libcurl", R"(curl/.*)", R"(crawler/(transfer|url)\.cpp)"},
    {"libxml2", R"(libxml/.*)", R"(crawler/xml\.cpp)"},
    {"CLI11", R"(CLI/.*)",
     R"(cli/((audience|evidence|live|money|recommend|service)_)?options(_(crawl|rights))?\.cpp)"},
    {"cpp-httplib", R"(httplib\.h)", R"(api/(http_server|webhook_sender)\.cpp|tests/.*)"},
    {"OpenSSL", R"(openssl/.*)", R"(api/tls\.cpp)"},
    {"Boost", R"(boost/.*)", R"(tests/.*)"},
    {"GoogleTest", R"(g(test|mock)/.*)", R"(tests/.*)"},
    {"Google Benchmark", R"(benchmark/.*)", R"(bench/.*)"},
};

/// Headers of the system: C++, C, POSIX and Linux.
constexpr const char* kSystem =
    R"([a-z_0-9]+|(sys|linux|netinet|net|arpa|asm)/[a-z_0-9/]+\.h|)"
    R"((dirent|dlfcn|elf|fcntl|getopt|grp|iconv|ifaddrs|immintrin|x86intrin|cpuid|malloc|netdb|omp|poll|pthread|pwd|sched|signal|spawn|)"
    R"(termios|unistd|execinfo|glob|fnmatch|langinfo|locale|time)\.h)";

bool matches(const std::string& text, const char* pattern) {
  return std::regex_match(text, std::regex(pattern));
}

bool is_cpp(std::string_view path) { return path.ends_with(".h") || path.ends_with(".cpp"); }

std::string_view module_of(std::string_view path) {
  const auto slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

std::string check_own(const std::string& from, const std::string& header) {
  const std::string module(module_of(header));
  if (!kAll.contains(module)) return fmt::format("\"{}\" is not a path from the repository's root", header);
  const auto row = kLayers.find(from);
  if (row == kLayers.end()) return fmt::format("module {} is not in the layer table", from);
  if (module == from) return {};
  if (!row->second.contains(module)) return fmt::format("{} may not include {} (layers)", from, header);
  const auto narrow = kNarrow.find({from, module});
  if (narrow != kNarrow.end() && !narrow->second.contains(header)) {
    return fmt::format("{} may not include {} (only {})", from, header, fmt::join(narrow->second, ", "));
  }
  return {};
}

std::string check_vendor(const std::string& path, const std::string& header) {
  for (const Vendor& vendor : kVendors) {
    if (!matches(header, vendor.header)) continue;
    if (matches(path, vendor.home)) return {};
    return fmt::format("<{}> belongs to {} only ({})", header, vendor.home, vendor.name);
  }
  if (matches(header, kSystem)) return {};
  return fmt::format("<{}> is of no library in the table (docs/dependencies.md)", header);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// What the "{" that follows `head` opens: `head` is the code since the last ";", "{" or "}".
enum class Block { kScope, kFunction, kOther };

Block block_of(std::string head) {
  static const std::regex kTemplate(R"(^\s*template\s*<[^{]*?>\s*(?=[A-Za-z\[:]))");
  static const std::regex kScopeWord(R"(^\s*(inline\s+)?(namespace|class|struct|enum|union|extern)\b)");
  head = std::regex_replace(head, kTemplate, "");
  if (std::regex_search(head, kScopeWord) && head.find(") {") == std::string::npos) return Block::kScope;
  return head.find('(') != std::string::npos ? Block::kFunction : Block::kOther;
}

/// Preprocessor lines blanked: macro bodies are not functions.
std::string without_directives(const std::string& text) {
  static const std::regex kDirective(R"((^|\n)[ \t]*#(\\\n|[^\n])*)");
  std::string out;
  auto at = text.cbegin();
  for (std::sregex_iterator it(text.begin(), text.end(), kDirective), end; it != end; ++it) {
    out.append(at, (*it)[0].first);
    const std::string directive = it->str();
    out.append(static_cast<std::size_t>(std::count(directive.begin(), directive.end(), '\n')), '\n');
    at = (*it)[0].second;
  }
  out.append(at, text.cend());
  return out;
}

Breaches long_functions(const SourceFile& file, std::size_t most) {
  Breaches breaches;
  const std::string code = without_directives(without_comments_and_literals(file.text));
  std::vector<Block> open;
  std::string head;
  std::size_t line = 1;
  std::size_t function_line = 0;
  std::size_t function_depth = 0;  // of its brace in `open`; 0: outside of any
  for (const char c : code) {
    if (c == '\n') ++line;
    if (c == '{') {
      const Block block = function_depth > 0 ? Block::kOther : block_of(head);
      open.push_back(block);
      if (block == Block::kFunction) {
        function_line = line;
        function_depth = open.size();
      }
    } else if (c == '}' && !open.empty()) {
      if (open.size() == function_depth) {
        const std::size_t length = line - function_line + 1;
        if (length > most) {
          breaches.push_back(fmt::format("{}:{}: function of {} lines (at most {})", file.path, function_line,
                                         length, most));
        }
        function_depth = 0;
      }
      open.pop_back();
    }
    if (c == ';' || c == '{' || c == '}') {
      head.clear();
    } else if (function_depth == 0) {
      head += c;
    }
  }
  return breaches;
}

/// End of the literal or comment that begins at `at`, or `at` when none does.
std::size_t skip_token(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  const auto after = [&](std::string_view mark, std::size_t from) {
    const auto found = text.find(mark, from);
    return found == std::string_view::npos ? text.size() : found + mark.size();
  };
  if (rest.starts_with("//")) return std::min(text.find('\n', at), text.size());
  if (rest.starts_with("/*")) return after("*/", at + 2);
  if (rest.starts_with("R\"")) {
    const auto bracket = std::min(rest.find('('), rest.size() - 1);
    return after(")" + std::string(rest.substr(2, bracket - 2)) + "\"", at + bracket);
  }
  const bool is_digit_separator = at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0;
  if (rest[0] != '"' && (rest[0] != '\'' || is_digit_separator)) return at;
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == rest[0]) {
      return i + 1;
    }
  }
  return text.size();
}

}  // namespace

std::string without_comments_and_literals(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = skip_token(text, at);
    if (end == at) {
      out += text[at++];
      continue;
    }
    for (; at < end; ++at) out += text[at] == '\n' ? '\n' : ' ';
  }
  return out;
}

std::vector<SourceFile> read_repository(const std::filesystem::path& root) {
  static const std::set<std::string> kSkipped = {"build", ".git", ".cache", "node_modules", "__pycache__"};
  static const std::set<std::string> kText = {".h",  ".cpp", ".txt",  ".cmake", ".md",
                                              ".py", ".sh",  ".json", ".sql",   ""};
  std::vector<SourceFile> files;
  for (auto it = std::filesystem::recursive_directory_iterator(root);
       it != std::filesystem::recursive_directory_iterator(); ++it) {
    if (it->is_directory() && kSkipped.contains(it->path().filename().string())) {
      it.disable_recursion_pending();
    } else if (it->is_regular_file() && kText.contains(it->path().extension().string())) {
      constexpr std::uint64_t kMost = 16 << 20;
      const auto bytes = read_file(it->path(), kMost);
      if (!bytes) continue;  // data, or gone since it was listed
      std::string text(as_text(*bytes));
      if (text.find('\0') != std::string::npos) continue;  // data, not text
      files.push_back({it->path().lexically_relative(root).generic_string(), std::move(text)});
    }
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
  return files;
}

Breaches check_includes(const SourceFile& file) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*(["<])([^">]+)[">].*)");
  Breaches breaches;
  if (!is_cpp(file.path)) return breaches;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch parts;
    if (!std::regex_match(lines[i], parts, kInclude)) continue;
    const bool own = parts[1].str() == "\"";
    const auto fault =
        own ? check_own(std::string(module_of(file.path)), parts[2]) : check_vendor(file.path, parts[2]);
    if (!fault.empty()) breaches.push_back(fmt::format("{}:{}: {}", file.path, i + 1, fault));
  }
  return breaches;
}

Breaches check_sizes(const SourceFile& file) {
  constexpr std::size_t kMostInHeader = 200;
  constexpr std::size_t kMostInSource = 400;
  constexpr std::size_t kMostInFunction = 100;
  if (!is_cpp(file.path)) return {};
  Breaches breaches = long_functions(file, kMostInFunction);
  const std::size_t most = file.path.ends_with(".h") ? kMostInHeader : kMostInSource;
  const auto lines = static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
  if (lines > most)
    breaches.push_back(fmt::format("{}:{}: {} lines (at most {})", file.path, most + 1, lines, most));
  return breaches;
}

Breaches check_words(const SourceFile& file) {
  // Put together here, so that this file does not hold the words itself.
  static const std::regex kUnfinished(std::string("\\b(TO") + "DO|FIX" + "ME|X" + "XX|HA" + "CK)\\b");
  Breaches breaches;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch word;
    if (std::regex_search(lines[i], word, kUnfinished)) {
      breaches.push_back(fmt::format("{}:{}: {}: do it, or leave it out", file.path, i + 1, word.str()));
    }
  }
  return breaches;
}

Breaches check_modules(const std::vector<SourceFile>& files) {
  Breaches breaches;
  Modules seen;
  Modules explained;
  for (const SourceFile& file : files) {
    const std::string module(module_of(file.path));
    if (is_cpp(file.path)) seen.insert(module);
    if (file.path == module + "/README.md") explained.insert(module);
  }
  for (const auto& module : seen) {
    if (!kLayers.contains(module))
      breaches.push_back(fmt::format("{}:1: module is not in the layer table", module));
    if (!explained.contains(module))
      breaches.push_back(fmt::format("{}/README.md:1: module without a README", module));
  }
  return breaches;
}

}  // namespace earmark::test
