#include "evidence/store_key.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "core/file.h"
#include "core/hash.h"

namespace earmark::evidence {
namespace {

constexpr std::string_view kHead = "earmark-ed25519-seed ";
constexpr std::uint64_t kMostBytes = 1024;

Result<SigningSeed> read_key(const std::filesystem::path& file) {
  EARMARK_TRY(const auto bytes, read_file(file, kMostBytes));
  std::string_view text = as_text(bytes);
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  SigningSeed seed{};
  if (text.starts_with(kHead)) {
    const auto secret = from_hex(text.substr(kHead.size()));
    if (secret && secret->size() == seed.size()) {
      std::copy(secret->begin(), secret->end(), seed.begin());
      return seed;
    }
  }
  return fail(ErrorCode::kCorrupt,
              file.string() + ": no signing key in it; put back a copy, or remove it for a new one");
}

/// Writes a new key beside the file and links it there: what is there already stays.
Status make_key(const std::filesystem::path& file) {
  const std::filesystem::path temporary = file.string() + fmt::format(".{}", ::getpid());
  const std::string text = std::string(kHead) + to_hex(new_signing_seed()) + "\n";
  ::unlink(temporary.c_str());
  const FileHandle handle(
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!handle.is_open()) return fail(error_from_errno(errno, "create " + temporary.string()));
  const bool written = ::write(handle.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(handle.get()) == 0;
  const int write_error = errno;
  const bool linked = written && (::link(temporary.c_str(), file.c_str()) == 0 || errno == EEXIST);
  const int link_error = errno;
  ::unlink(temporary.c_str());
  if (!written) return fail(error_from_errno(write_error, "write " + temporary.string()));
  if (!linked) return fail(error_from_errno(link_error, "make " + file.string()));
  const FileHandle folder(::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.is_open()) ::fsync(folder.get());
  return {};
}

}  // namespace

Result<SigningSeed> ensure_store_key(const std::filesystem::path& store) {
  const auto file = store / kKeyFile;
  auto key = read_key(file);
  if (key || key.error().code != ErrorCode::kNotFound) return key;
  EARMARK_TRY_STATUS(make_key(file));
  return read_key(file);
}

Result<std::optional<PublicKey>> store_public_key(const std::filesystem::path& store) {
  const auto key = read_key(store / kKeyFile);
  if (key) return public_key_of(*key);
  if (key.error().code == ErrorCode::kNotFound) return std::nullopt;
  return fail(key.error());
}

}  // namespace earmark::evidence
