#include "api/upload.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace earmark::api {
namespace {

constexpr std::size_t kMostInMemory = std::size_t{256} << 10U;
constexpr std::size_t kMostFieldBytes = std::size_t{64} << 10U;
constexpr std::size_t kMostFields = 64;
constexpr std::size_t kMostNameBytes = 1024;
constexpr std::size_t kCopyPiece = std::size_t{1} << 20U;
constexpr std::uint64_t kReserveStep = std::uint64_t{4} << 20U;

constexpr std::string_view kFingerprintType = "application/vnd.earmark.fingerprint";

Status write_all(int descriptor, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(error_from_errno(errno, "spool an upload"));
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

bool is_audio_type(std::string_view type) {
  return type.starts_with("audio/") || type.starts_with("video/") || type == "application/ogg" ||
         type == "application/octet-stream" || type == kFingerprintType;
}

/// The last part of a path, as it came: a client's folders are nobody's business.
std::string file_name(std::string_view path) {
  const auto slash = path.find_last_of("/\\");
  if (slash != std::string_view::npos) path.remove_prefix(slash + 1);
  return std::string(path.substr(0, kMostNameBytes));
}

void add_text(Sha256Stream& digest, std::string_view text) {
  digest.update(as_bytes(fmt::format("{}:", text.size())));
  digest.update(as_bytes(text));
}

/// Takes the parts of one multipart body.
class PartsReader {
 public:
  PartsReader(Received& received, Sha256Stream& digest) : received_(received), digest_(digest) {}

  Status begin(const RequestBody::PartHead& part) {
    is_audio_ = part.name == "audio";
    add_text(digest_, part.name);
    if (is_audio_) {
      if (has_audio_) return fail(ErrorCode::kInvalidArgument, "more than one part is called audio");
      has_audio_ = true;
      const std::string name = file_name(part.filename);
      if (!name.empty()) received_.audio->set_name(name);
      add_text(digest_, name);
      return {};
    }
    if (received_.fields.size() >= kMostFields) return fail(ErrorCode::kInvalidArgument, "too many parts");
    field_ = &received_.fields[part.name];
    field_->clear();
    return {};
  }
  Status take(std::span<const std::byte> bytes) {
    digest_.update(bytes);
    if (is_audio_) return received_.audio->append(bytes);
    if (field_ == nullptr) return {};
    if (field_->size() + bytes.size() > kMostFieldBytes)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("a field may have {} bytes at most", kMostFieldBytes));
    field_->append(as_text(bytes));
    return {};
  }
  [[nodiscard]] bool has_audio() const { return has_audio_; }

 private:
  Received& received_;
  Sha256Stream& digest_;
  std::string* field_ = nullptr;
  bool is_audio_ = false;
  bool has_audio_ = false;
};

}  // namespace

Result<FileHandle> Spool::open() const {
  std::error_code error;
  std::filesystem::create_directories(options_.folder, error);
  if (error) return fail(error_from_errno(error.value(), "make " + options_.folder.string()));
  FileHandle file(::open(options_.folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file.is_open()) return fail(error_from_errno(errno, "make a file in " + options_.folder.string()));
  return file;
}

Status Spool::reserve(std::uint64_t bytes) {
  struct statvfs disk {};
  const std::uint64_t before = used_.fetch_add(bytes);
  const bool known = ::statvfs(options_.folder.c_str(), &disk) == 0;
  const std::uint64_t free = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  if (before + bytes <= options_.most_bytes && (!known || free >= options_.keep_free_bytes + bytes))
    return {};
  used_ -= bytes;
  return fail(ErrorCode::kResourceExhausted, "no room for uploads at the moment");
}

Upload::~Upload() { spool_->release(reserved_); }

Status Upload::spill() {
  EARMARK_TRY(file_, spool_->open());
  EARMARK_TRY_STATUS(write_all(file_.get(), memory_));
  memory_ = Bytes();
  return {};
}

Status Upload::append(std::span<const std::byte> bytes) {
  if (!file_.is_open() && memory_.size() + bytes.size() > kMostInMemory) EARMARK_TRY_STATUS(spill());
  if (file_.is_open()) {
    if (size_ + bytes.size() > reserved_) {
      const std::uint64_t more = std::max<std::uint64_t>(size_ + bytes.size() - reserved_, kReserveStep);
      EARMARK_TRY_STATUS(spool_->reserve(more));
      reserved_ += more;
    }
    EARMARK_TRY_STATUS(write_all(file_.get(), bytes));
  } else {
    memory_.insert(memory_.end(), bytes.begin(), bytes.end());
  }
  size_ += bytes.size();
  return {};
}

Result<std::size_t> Upload::read_at(std::uint64_t offset, std::span<std::byte> out) {
  if (offset >= size_) return 0;
  if (!file_.is_open()) {
    const std::size_t n = std::min<std::size_t>(out.size(), memory_.size() - offset);
    std::memcpy(out.data(), memory_.data() + offset, n);
    return n;
  }
  ssize_t n = -1;
  do {
    n = ::pread(file_.get(), out.data(), out.size(), static_cast<off_t>(offset));
  } while (n < 0 && errno == EINTR);
  if (n < 0) return fail(error_from_errno(errno, "read an upload"));
  return static_cast<std::size_t>(n);
}

Status Upload::save(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  FileHandle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.is_open()) return fail(error_from_errno(errno, "create " + path.string()));
  Bytes piece(kCopyPiece);
  for (std::uint64_t at = 0; at < size_;) {
    EARMARK_TRY(const auto n, read_at(at, piece));
    EARMARK_TRY_STATUS(write_all(file.get(), std::span(piece).first(n)));
    at += n;
  }
  const FileHandle folder(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (::fsync(file.get()) != 0 || !folder.is_open() || (::fsync(folder.get()) != 0 && errno != EINVAL))
    return fail(error_from_errno(errno, "sync " + path.string()));
  return {};
}

Result<Received> receive_audio(Request& request, Spool& spool) {
  Received received;
  received.audio = std::make_unique<Upload>(spool);
  Sha256Stream digest;
  const std::string type = request.media_type();
  if (type == "multipart/form-data") {
    PartsReader parts(received, digest);
    EARMARK_TRY_STATUS(
        request.body->read_parts([&](const RequestBody::PartHead& part) { return parts.begin(part); },
                                 [&](std::span<const std::byte> bytes) { return parts.take(bytes); }));
    if (!parts.has_audio()) return fail(ErrorCode::kInvalidArgument, "there is no part called audio");
  } else if (is_audio_type(type)) {
    for (const auto& [name, value] : request.params) received.fields.emplace(name, value);
    const auto name = received.fields.find("filename");
    if (name != received.fields.end() && !name->second.empty())
      received.audio->set_name(file_name(name->second));
    EARMARK_TRY_STATUS(request.body->read([&](std::span<const std::byte> bytes) {
      digest.update(bytes);
      return received.audio->append(bytes);
    }));
  } else {
    return fail(
        ErrorCode::kUnsupported,
        fmt::format("Content-Type \"{}\": send multipart/form-data with a part called audio, or the audio "
                    "itself as audio/*, application/octet-stream or {}",
                    type, kFingerprintType));
  }
  if (received.audio->size() == 0U) return fail(ErrorCode::kInvalidArgument, "the audio is empty");
  received.digest = digest.finish();
  return received;
}

}  // namespace earmark::api
