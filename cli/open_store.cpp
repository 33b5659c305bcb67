#include "cli/open_store.h"

#include <system_error>

namespace earmark::cli {
namespace {

/// The commonest mistake with --store, in words that say what to do.
Status check_place(const std::filesystem::path& store) {
  std::error_code error;
  const auto status = std::filesystem::status(store, error);
  if (!std::filesystem::exists(status) || std::filesystem::is_directory(status)) return {};
  return fail(ErrorCode::kInvalidArgument,
              store.string() + " is not a folder: name another store with --store");
}

}  // namespace

Result<std::unique_ptr<catalogue::Catalogue>> open_catalogue(const Common& common, std::size_t decode_workers,
                                                             Access access) {
  EARMARK_TRY_STATUS(check_place(common.store));
  catalogue::Catalogue::Options options;
  options.store = common.store;
  options.decode_workers = decode_workers;
  options.access = access;
  return catalogue::Catalogue::open(options);
}

Result<std::unique_ptr<registry::Registry>> open_registry(const Common& common) {
  EARMARK_TRY_STATUS(check_place(common.store));
  registry::Registry::Options options;
  options.store = common.store;
  return registry::Registry::open(options);
}

Exit failed(Console& console, const Error& error) {
  console.note(LogLevel::kError, error.message);
  return Exit::kFailed;
}

}  // namespace earmark::cli
