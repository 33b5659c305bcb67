#include "audience/user_agents.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <re2/re2.h>
#include <re2/set.h>

#include "core/hash.h"
#include "core/json.h"

// The assembler reads the file: no generated source, no cost to the compiler.
__asm__(
    ".section .rodata\n"
    ".balign 16\n"
    "earmark_user_agents_begin:\n"
    ".incbin \"" EARMARK_USER_AGENTS_FILE
    "\"\n"
    "earmark_user_agents_end:\n"
    ".byte 0\n"
    ".previous\n");

extern "C" {
extern const char earmark_user_agents_begin[];
extern const char earmark_user_agents_end[];
}

namespace earmark::audience {
namespace {

using Kind = AgentClass::Kind;

struct Entry {
  Kind kind = Kind::kUnknown;
  std::string name;
  std::string category;
};

/// Patterns that are tried at once; the first one that matches counts.
class FirstMatch {
 public:
  FirstMatch() : set_(options(), RE2::UNANCHORED) {}

  [[nodiscard]] std::string add(const std::string& pattern, Entry entry) {
    std::string error;
    if (set_.Add(pattern, &error) < 0) return error.empty() ? "cannot be read" : error;
    entries_.push_back(std::move(entry));
    return {};
  }
  [[nodiscard]] bool compile() { return entries_.empty() || set_.Compile(); }
  [[nodiscard]] const Entry* find(std::string_view text) const {
    std::vector<int> found;
    if (entries_.empty() || !set_.Match(re2::StringPiece(text.data(), text.size()), &found)) return nullptr;
    return &entries_[static_cast<std::size_t>(*std::min_element(found.begin(), found.end()))];
  }

 private:
  static RE2::Options options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(std::int64_t{256} << 20U);  // a thousand patterns in one automaton
    return options;
  }
  RE2::Set set_;
  std::vector<Entry> entries_;
};

constexpr std::pair<std::string_view, Kind> kLists[] = {
    {"bots", Kind::kBot}, {"apps", Kind::kApp}, {"libraries", Kind::kLibrary}, {"browsers", Kind::kBrowser}};

Status add_list(FirstMatch& to, const Json& lists, std::string_view name, Kind kind) {
  const std::string list_name(name);
  if (!lists.contains(list_name)) return {};
  const Json& list = lists.at(list_name);
  if (!list.is_array())
    return fail(ErrorCode::kInvalidArgument, fmt::format("user agents: \"{}\" is no list", name));
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Json& item = list.at(i);
    const auto text = [&item](const char* field) {
      const bool is_there = item.is_object() && item.contains(field) && item.at(field).is_string();
      return is_there ? item.at(field).get<std::string>() : std::string();
    };
    const std::string pattern = text("pattern");
    std::string error = pattern.empty() || text("name").empty() ? "has no name or no pattern" : "";
    if (error.empty()) error = to.add(pattern, {kind, text("name"), text("category")});
    if (!error.empty())
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("user agents: entry {} of \"{}\", {}: {}", i + 1, name, pattern, error));
  }
  return {};
}

}  // namespace

struct UserAgents::State {
  FirstMatch agents;
  FirstMatch devices;
  std::string version;
};

UserAgents::UserAgents(std::unique_ptr<State> state) : state_(std::move(state)) {}
UserAgents::UserAgents(UserAgents&&) noexcept = default;
UserAgents& UserAgents::operator=(UserAgents&&) noexcept = default;
UserAgents::~UserAgents() = default;

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::kBot: return "bot";
    case Kind::kApp: return "app";
    case Kind::kLibrary: return "library";
    case Kind::kBrowser: return "browser";
    case Kind::kUnknown: return "unknown";
  }
  return "unknown";
}

std::string_view UserAgents::builtin() {
  return {earmark_user_agents_begin,
          static_cast<std::size_t>(earmark_user_agents_end - earmark_user_agents_begin)};
}

Result<UserAgents> UserAgents::parse(std::string_view text) {
  auto json = parse_json(text);
  if (!json) return fail(json.error().with_context("user agents"));
  const bool has_lists = json->is_object() && json->contains("lists") && json->at("lists").is_object();
  if (!has_lists) return fail(ErrorCode::kInvalidArgument, "user agents: no object \"lists\"");
  const Json& lists = json->at("lists");
  auto state = std::make_unique<State>();
  for (const auto& [name, kind] : kLists) EARMARK_TRY_STATUS(add_list(state->agents, lists, name, kind));
  EARMARK_TRY_STATUS(add_list(state->devices, lists, "devices", Kind::kUnknown));
  if (!state->agents.compile() || !state->devices.compile())
    return fail(ErrorCode::kResourceExhausted, "user agents: the patterns are too many for memory");
  const bool has_name = json->contains("name") && json->at("name").is_string();
  const std::string digest = to_hex(sha256(as_bytes(text))).substr(0, 12);
  state->version = (has_name ? json->at("name").get<std::string>() : "unnamed") + " " + digest;
  return UserAgents(std::move(state));
}

AgentClass UserAgents::classify(std::string_view agent) const {
  AgentClass out;
  if (const Entry* entry = state_->agents.find(agent)) {
    out.kind = entry->kind;
    out.name = entry->name;
    out.is_bot = entry->kind == Kind::kBot || entry->category == "bot";
  } else {
    out.name = "unknown";
    // What no list knows, and calls itself one.
    std::string lower(agent);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    for (const char* word : {"bot", "crawler", "spider"}) {
      out.is_bot |= lower.find(word) != std::string::npos;
    }
    if (out.is_bot) out.kind = Kind::kBot;
  }
  if (const Entry* device = out.is_bot ? nullptr : state_->devices.find(agent)) out.device = device->category;
  return out;
}

const std::string& UserAgents::version() const { return state_->version; }

}  // namespace earmark::audience
