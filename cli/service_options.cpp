#include "cli/service_options.h"

#include <charconv>

#include <CLI/CLI.hpp>

#include "cli/help_text.h"

namespace earmark::cli {
namespace {

constexpr std::size_t kMostThreads = 256;

/// "127.0.0.1:8787", "[::1]:8787", ":8787" (every address).
bool parse_address(std::string_view text, std::string& host, int& port) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  std::string_view name = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  constexpr int kLastPort = 65535;
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return false;
  host = name.empty() ? "0.0.0.0" : std::string(name);
  return port >= 0 && port <= kLastPort;
}

void add_serve(CLI::App& app, ServiceValues& values, const AddCommand& add) {
  ServeOptions& options = values.serve;
  CLI::App& command = add(app, "serve", "Serve the HTTP API", help::kServe);
  command
      .add_option("--listen", values.listen, "Address (default: 127.0.0.1:8787; port 0: any that is free)")
      ->type_name("HOST:PORT")
      ->check([&options](const std::string& text) {
        return parse_address(text, options.host, options.port) ? "" : "not HOST:PORT";
      });
  command.add_flag("--open", options.open, "Ask for no key: whoever is on this machine is its operator");
  auto* certificate =
      command.add_option("--tls-cert", options.tls_certificate, "Certificate chain, PEM")->type_name("FILE");
  auto* key = command.add_option("--tls-key", options.tls_key, "Its private key, PEM")->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
  command.add_option("--workers", options.workers, "Requests that are worked on at a time (default: 16)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{2}, kMostThreads).description(""));
  command.add_option("--max-upload", options.most_upload_mb, "Largest body of a request, MB (default: 1024)")
      ->type_name("MB")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 20U).description(""));
  command.add_option("--rate", options.rate, "Requests a second and key (default: 2000; 0: no limit)")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1'000'000}).description(""));
  command
      .add_option("--acoustid-client", options.acoustid_clients,
                  "Application keys that may look up at /v2/lookup beside our own; repeatable")
      ->type_name("KEY");
  command.add_flag("--allow-private", options.allow_private,
                   "Allow feeds and webhooks on private, loopback and link-local addresses");
  command.add_flag("--no-access-log", options.no_access_log, "Do not log every request");
}

void add_keys(CLI::App& app, ServiceValues& values, const AddCommand& add) {
  CLI::App& keys = *app.add_subcommand("keys", "API keys of the store");
  keys.require_subcommand(1);
  keys.footer(help::kKeys);
  CLI::App& create = add(keys, "create", "Make a key; it is shown once", help::kKeysCreate);
  create.add_option("--role", values.keys_create.role, "holder, crawler, platform, creator or admin")
      ->required()
      ->type_name("ROLE")
      ->check(CLI::IsMember({"holder", "crawler", "platform", "creator", "admin"}).description(""));
  create
      .add_option("--party,--owner", values.keys_create.party,
                  "Whom it acts for (default: the store's default party)")
      ->type_name("NAME");
  create.add_option("--label", values.keys_create.label, "What it is for")->type_name("TEXT");
  create.add_option("--days", values.keys_create.days, "Days that it works (default: until it is revoked)")
      ->type_name("N")
      ->check(CLI::Range(1, 36500).description(""));
  add(keys, "list", "List keys, without their secrets", help::kKeys);
  CLI::App& revoke = add(keys, "revoke", "End a key at once", help::kKeys);
  revoke.add_option("ID", values.keys_revoke.id, "key_… as `earmark keys list` shows it")
      ->required()
      ->type_name("");
  CLI::App& rotate = add(keys, "rotate", "Make a successor; both work for a while", help::kKeysRotate);
  rotate.add_option("ID", values.keys_rotate.id, "key_… as `earmark keys list` shows it")
      ->required()
      ->type_name("");
  rotate
      .add_option("--grace", values.keys_rotate.grace_hours, "Hours that the old one works on (default: 168)")
      ->type_name("H")
      ->check(CLI::Range(0, 8760).description(""));
}

}  // namespace

void add_service_commands(CLI::App& app, ServiceValues& values, const AddCommand& add) {
  add_serve(app, values, add);
  add_keys(app, values, add);
}

std::optional<Command> chosen_service_command(const CLI::App& app, const ServiceValues& values) {
  if (app.got_subcommand("serve")) return values.serve;
  if (!app.got_subcommand("keys")) return std::nullopt;
  const CLI::App& keys = *app.get_subcommand("keys");
  if (keys.got_subcommand("create")) return values.keys_create;
  if (keys.got_subcommand("revoke")) return values.keys_revoke;
  if (keys.got_subcommand("rotate")) return values.keys_rotate;
  return KeysListOptions{};
}

}  // namespace earmark::cli
