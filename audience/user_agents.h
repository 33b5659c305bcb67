#pragma once
// Which program a User-Agent names, by versioned lists of patterns. Home of RE2.
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace earmark::audience {

/// What a User-Agent stands for.
struct AgentClass {
  enum class Kind { kBot, kApp, kLibrary, kBrowser, kUnknown } kind = Kind::kUnknown;
  std::string name;     ///< of the entry that matched; "unknown" for none
  std::string device;   ///< "mobile", "smart_speaker", …; empty: not known
  bool is_bot = false;  ///< a bot, or a library that only programs use
};
[[nodiscard]] std::string_view to_string(AgentClass::Kind kind);  ///< "bot", "app", …

/// Lists in the shape of OPAWG's user-agents-v2, looked through in the order bots, apps, libraries, browsers;
/// the first entry that matches counts. Immutable.
class UserAgents {
 public:
  /// {"name","source","lists":{"bots":[{"name","pattern","category"}…],"apps":…,"libraries":…,"browsers":…,
  /// "devices":…}}. kInvalidArgument: which list, entry and pattern is wrong.
  [[nodiscard]] static Result<UserAgents> parse(std::string_view json);
  /// The lists that the program was built with.
  [[nodiscard]] static std::string_view builtin();

  UserAgents(UserAgents&&) noexcept;
  UserAgents& operator=(UserAgents&&) noexcept;
  ~UserAgents();

  [[nodiscard]] AgentClass classify(std::string_view agent) const;
  /// Name and first 12 digits of the SHA-256 of the lists: "OPAWG user-agents-v2 1f3b5c7d9e01".
  [[nodiscard]] const std::string& version() const;

 private:
  struct State;
  explicit UserAgents(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace earmark::audience
