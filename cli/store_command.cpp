// `earmark store copy`: a store from SQLite to PostgreSQL, or back.
#include <set>
#include <system_error>

#include <fmt/format.h>

#include "audience/listener_keys.h"
#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/store_place.h"
#include "core/file.h"
#include "core/secret_file.h"
#include "core/text.h"
#include "evidence/store_key.h"
#include "registry/place.h"
#include "registry/store_copy.h"

namespace earmark::cli {
namespace {

namespace fs = std::filesystem;

/// What of a store is neither in its tables nor made from them: the secrets that its evidence is signed with
/// and that its listeners' ids are made with, its own wordings, and uploads of which the work has not been
/// done.
constexpr const char* kSecrets[] = {evidence::kKeyFile, audience::kKeyFile};
constexpr const char* kFolders[] = {"templates", "spool/jobs"};

Status copy_secret(const fs::path& from, const fs::path& to) {
  constexpr std::uint64_t kMostBytes = 1 << 20;
  std::error_code ignored;
  if (!fs::exists(from, ignored)) return {};
  EARMARK_TRY(const Bytes ours, read_file(from, kMostBytes));
  if (!fs::exists(to, ignored)) return write_secret_file(to, ours);
  EARMARK_TRY(const Bytes theirs, read_file(to, kMostBytes));
  if (theirs == ours) return {};
  return fail(ErrorCode::kConflict,
              fmt::format("{}: holds another secret already; move it away", to.string()));
}

Status copy_files(const fs::path& from, const fs::path& to) {
  for (const char* name : kSecrets) EARMARK_TRY_STATUS(copy_secret(from / name, to / name));
  for (const char* name : kFolders) {
    std::error_code error;
    if (!fs::is_directory(from / name, error)) continue;
    fs::create_directories(to / name, error);
    if (!error)
      fs::copy(from / name, to / name, fs::copy_options::recursive | fs::copy_options::overwrite_existing,
               error);
    if (error) return fail(error_from_errno(error.value(), "copy " + (from / name).string()));
  }
  return {};
}

std::string name_of(const fs::path& folder) {
  const auto address = registry::address_of(folder);
  return address && address->is_postgresql() ? address->name() : folder.string();
}

Result<std::vector<registry::CopiedTable>> copy(const fs::path& from, const fs::path& to, Console& console) {
  registry::StoreCopy order;
  order.from = from;
  order.to = to;
  order.progress = [&](std::string_view step, std::string_view table, std::int64_t rows) {
    console.activity(fmt::format("{} {}: {} rows", step, table, rows));
  };
  order.before_commit = [&] { return copy_files(from, to); };
  console.begin_progress("copy", 0);
  auto copied = registry::copy_store(order);
  console.end_progress();
  return copied;
}

}  // namespace

Exit run(const Common&, const StoreCopyOptions& options, Console& console) {
  const auto from = settle_store(options.from);
  if (!from) return failed(console, from.error());
  const auto to = settle_store(options.to);
  if (!to) return failed(console, to.error());
  const auto copied = copy(*from, *to, console);
  if (!copied) return failed(console, copied.error());
  std::int64_t rows = 0;
  for (const auto& table : *copied) {
    rows += table.rows;
    if (console.is_json()) console.result({{"table", table.name}, {"rows", table.rows}, {"verified", true}});
  }
  if (!console.is_json()) {
    console.line(printable(fmt::format("{} rows of {} tables copied and compared: {} -> {}", rows,
                                       copied->size(), name_of(*from), name_of(*to))));
  }
  return Exit::kDone;
}

}  // namespace earmark::cli
