#include "cli/open_store.h"

namespace earmark::cli {

Result<std::unique_ptr<catalogue::Catalogue>> open_catalogue(const Common& common,
                                                             std::size_t decode_workers) {
  catalogue::Catalogue::Options options;
  options.store = common.store;
  options.decode_workers = decode_workers;
  return catalogue::Catalogue::open(options);
}

Result<std::unique_ptr<registry::Registry>> open_registry(const Common& common) {
  registry::Registry::Options options;
  options.store = common.store;
  return registry::Registry::open(options);
}

Exit failed(Console& console, const Error& error) {
  console.note(LogLevel::kError, error.message);
  return Exit::kFailed;
}

}  // namespace earmark::cli
