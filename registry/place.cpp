#include "registry/place.h"

#include <system_error>

#include <fmt/format.h>
#include <sys/stat.h>

#include "core/bytes.h"
#include "core/file.h"
#include "registry/ids.h"

namespace earmark::registry {
namespace {

constexpr std::uint64_t kLongestUrl = 8192;

bool has_file(const std::filesystem::path& folder, const char* name) {
  std::error_code ignored;
  return std::filesystem::exists(folder / name, ignored);
}

Error two_databases(const std::filesystem::path& folder) {
  return {ErrorCode::kConflict,
          fmt::format("{}: both {} and {} are there; move away the one that is not meant", folder.string(),
                      kDatabaseFile, kAddressFile)};
}

/// Nobody but the owner may read what is written there from now on: it may hold a password.
Status write_url(const std::filesystem::path& file, const std::string& url) {
  const mode_t before = ::umask(S_IRWXG | S_IRWXO);
  auto written = write_file_atomically(file, as_bytes(url + "\n"));
  ::umask(before);
  return written;
}

}  // namespace

Result<storage::Address> address_of(const std::filesystem::path& folder) {
  if (!has_file(folder, kAddressFile)) return storage::Address(folder / kDatabaseFile);
  if (has_file(folder, kDatabaseFile)) return fail(two_databases(folder));
  const auto file = folder / kAddressFile;
  EARMARK_TRY(const auto bytes, read_file(file, kLongestUrl));
  std::string_view url = as_text(bytes);
  while (!url.empty() && (url.back() == '\n' || url.back() == '\r' || url.back() == ' '))
    url.remove_suffix(1);
  auto address = storage::Address::of_url(url);
  if (!address)
    return fail(ErrorCode::kCorrupt, fmt::format("{}: {}", file.string(), address.error().message));
  return address;
}

bool is_store(const std::filesystem::path& folder) {
  return has_file(folder, kDatabaseFile) || has_file(folder, kAddressFile);
}

Status bind_folder(const std::filesystem::path& folder, const storage::Address& address) {
  if (has_file(folder, kDatabaseFile)) {
    return fail(ErrorCode::kConflict,
                fmt::format("{}: this folder has tables of its own ({})", folder.string(), kDatabaseFile));
  }
  if (has_file(folder, kAddressFile)) {
    EARMARK_TRY(const auto known, address_of(folder));
    if (known.url() == address.url()) return {};
    if (known.name() != address.name()) {
      return fail(ErrorCode::kConflict,
                  fmt::format("{}: this folder belongs to {}", folder.string(), known.name()));
    }
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return fail(error_from_errno(error.value(), folder.string()));
  return write_url(folder / kAddressFile, address.url());
}

std::string folder_name(const storage::Address& address) {
  return "earmark-" + public_id("", digest_of({"database", address.name()}));
}

}  // namespace earmark::registry
