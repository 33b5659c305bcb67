#include <array>
#include <optional>

#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "audio/decoder.h"
#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/hash.h"
#include "core/text.h"
#include "evidence/store_key.h"

namespace earmark::cli {
namespace {

namespace fs = std::filesystem;

enum class Health { kOk, kWarning, kFailure };

struct Finding {
  std::string check;
  Health health = Health::kOk;
  std::string detail;
  std::string advice;  ///< what to do; empty when all is well
};

std::string_view to_string(Health health) {
  switch (health) {
    case Health::kOk: return "ok";
    case Health::kWarning: return "warn";
    case Health::kFailure: return "fail";
  }
  return "fail";
}

/// The deepest folder of `path` that is there.
fs::path existing_part(const fs::path& path) {
  std::error_code error;
  fs::path part = fs::absolute(path, error);
  while (!fs::exists(part, error) && part.has_relative_path()) part = part.parent_path();
  return part;
}

bool store_is_there(const Common& common) { return registry::is_store(common.store); }

Finding check_new_store(const Common& common) {
  const fs::path parent = existing_part(common.store);
  std::error_code error;
  if (!fs::is_directory(parent, error)) {
    return {"store", Health::kFailure, parent.string() + " is not a folder",
            "name another folder with --store"};
  }
  if (::access(parent.c_str(), W_OK | X_OK) != 0) {
    return {"store", Health::kFailure,
            fmt::format("none yet at {}, and {} cannot be written", common.store.native(), parent.native()),
            "name a folder of yours with --store, or set EARMARK_STORE"};
  }
  return {"store", Health::kOk,
          fmt::format("none yet at {}; the first register makes it", common.store.native()), ""};
}

Finding check_store(const Common& common) {
  if (!store_is_there(common)) return check_new_store(common);
  const auto registry = open_registry(common);
  if (!registry) {
    return {"store", Health::kFailure, registry.error().message,
            "put back a copy of the folder, or name another one with --store"};
  }
  if (const Status verified = (*registry)->verify(); !verified) {
    return {"store", Health::kFailure, verified.error().message,
            "stop using this store and put back a copy of it"};
  }
  const auto stats = (*registry)->stats();
  if (!stats)
    return {"store", Health::kFailure, stats.error().message,
            "try again; if it stays, put back a copy of the folder"};
  const auto detail = fmt::format("{}: {} recordings, {} episodes, {} claims; database verified",
                                  common.store.native(), stats->recordings, stats->episodes, stats->claims);
  if (!(*registry)->is_writable()) {
    return {"store", Health::kWarning, detail + "; it cannot be written",
            "matching works; to register, make the folder writable"};
  }
  return {"store", Health::kOk, detail, ""};
}

std::optional<Finding> check_index(const Common& common) {
  if (!store_is_there(common)) return std::nullopt;
  const auto advice = "delete the index files in the store: they are made again from the database";
  const auto catalogue = open_catalogue(common, 1);
  if (!catalogue) return Finding{"index", Health::kFailure, catalogue.error().message, advice};
  const auto index = (*catalogue)->stats();
  if (!index) return Finding{"index", Health::kFailure, index.error().message, advice};
  const auto rights = (*catalogue)->registry().stats();
  if (!rights) return Finding{"index", Health::kFailure, rights.error().message, "see 'store'"};
  const auto detail = fmt::format("{} of {} recordings, {}", index->index.recordings, rights->recordings,
                                  byte_count(index->index.bytes));
  if (static_cast<std::int64_t>(index->index.recordings) != rights->recordings) {
    return Finding{"index", Health::kFailure, detail, advice};
  }
  return Finding{"index", Health::kOk, detail, ""};
}

std::optional<Finding> check_key(const Common& common) {
  if (!store_is_there(common)) return std::nullopt;
  const auto key = evidence::store_public_key(common.store);
  if (!key)
    return Finding{"signing key", Health::kFailure, key.error().message, "put back a copy of evidence.key"};
  if (!*key)
    return Finding{"signing key", Health::kOk, "none yet; the first bundle of evidence makes it", ""};
  return Finding{"signing key", Health::kOk, "Ed25519 " + to_hex(**key), ""};
}

Finding check_decoder() {
  if (const Status sandbox = audio::check_sandbox(); !sandbox) {
    return {"decoder sandbox", Health::kFailure, sandbox.error().message,
            "run on a kernel with seccomp, and allow it in the container; nothing is decoded without it"};
  }
  return {"decoder sandbox", Health::kOk, "refuses files, sockets and processes", ""};
}

Finding check_processor(const Common& common) {
  const bool fast = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  const auto detail =
      fmt::format("{} threads, {}", common.threads, fast ? "AVX2 and FMA" : "no AVX2 with FMA");
  if (fast) return {"processor", Health::kOk, detail, ""};
  return {"processor", Health::kWarning, detail,
          "works, and slower; nothing to do but to use a newer processor"};
}

Finding check_disk(const Common& common) {
  constexpr std::uint64_t kTooLittle = 100'000'000;
  constexpr std::uint64_t kLittle = 1'000'000'000;
  const fs::path place = existing_part(common.store);
  struct statvfs disk {};
  if (::statvfs(place.c_str(), &disk) != 0) {
    return {"disk", Health::kFailure, error_from_errno(errno, "look at " + place.string()).message,
            "check that the disk is there"};
  }
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  const auto detail = fmt::format("{} free at {}", byte_count(free), place.native());
  if (free < kTooLittle) return {"disk", Health::kFailure, detail, "free some space, or move the store"};
  if (free < kLittle)
    return {"disk", Health::kWarning, detail, "an hour of recordings takes some 4 MB; free some space soon"};
  return {"disk", Health::kOk, detail, ""};
}

void print(const Finding& finding, Console& console) {
  if (console.is_json()) {
    console.result({{"check", finding.check},
                    {"status", to_string(finding.health)},
                    {"detail", finding.detail},
                    {"advice", finding.advice.empty() ? Json(nullptr) : Json(finding.advice)}});
    return;
  }
  console.line(
      fmt::format("{:<4}  {:<15}  {}", to_string(finding.health), finding.check, printable(finding.detail)));
  if (!finding.advice.empty()) console.line(fmt::format("{:23}-> {}", "", finding.advice));
}

}  // namespace

Exit run(const Common& common, const DoctorOptions&, Console& console) {
  Exit exit = Exit::kDone;
  const auto report = [&](const Finding& finding) {
    if (finding.health == Health::kFailure) exit = Exit::kFailed;
    print(finding, console);
  };
  report(check_store(common));
  if (const auto index = check_index(common)) report(*index);
  if (const auto key = check_key(common)) report(*key);
  report(check_decoder());
  report(check_processor(common));
  report(check_disk(common));
  return exit;
}

}  // namespace earmark::cli
