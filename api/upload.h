#pragma once
// What clients upload, taken in pieces: small bodies stay in memory, larger ones lie in an unnamed file of
// the store's spool folder, which the system removes with this process, however it ends.
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "api/http.h"
#include "audio/byte_source.h"
#include "core/file.h"
#include "core/hash.h"

namespace earmark::api {

/// How much may be spooled at a time. Synchronised.
class Spool {
 public:
  struct Options {
    std::filesystem::path folder;                               ///< made when it is first needed
    std::uint64_t most_bytes = std::uint64_t{8} << 30U;         ///< of all uploads together
    std::uint64_t keep_free_bytes = std::uint64_t{256} << 20U;  ///< on the disk
  };
  explicit Spool(Options options) : options_(std::move(options)) {}

  [[nodiscard]] const std::filesystem::path& folder() const { return options_.folder; }
  [[nodiscard]] Result<FileHandle> open() const;
  /// kResourceExhausted where these bytes would be too many.
  [[nodiscard]] Status reserve(std::uint64_t bytes);
  void release(std::uint64_t bytes) { used_ -= bytes; }
  [[nodiscard]] std::uint64_t used() const { return used_; }

 private:
  Options options_;
  std::atomic<std::uint64_t> used_{0};
};

/// One uploaded file. Thread-confined.
class Upload final : public audio::ByteSource {
 public:
  explicit Upload(Spool& spool) : spool_(&spool) {}
  ~Upload() override;
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;

  void set_name(std::string name) { name_ = std::move(name); }
  [[nodiscard]] Status append(std::span<const std::byte> bytes);
  /// Writes a copy that survives this process: durable when it returns.
  [[nodiscard]] Status save(const std::filesystem::path& path);

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out) override;
  std::optional<std::uint64_t> size() const override { return size_; }
  const std::string& name() const override { return name_; }

 private:
  [[nodiscard]] Status spill();

  Spool* spool_;
  std::string name_ = "upload";
  Bytes memory_;
  FileHandle file_;  ///< open: everything is there, and memory_ is empty
  std::uint64_t size_ = 0;
  std::uint64_t reserved_ = 0;
};

/// What came with a request: one file, and fields of text.
struct Received {
  std::unique_ptr<Upload> audio;
  std::map<std::string, std::string> fields;  ///< of a multipart body; of the query otherwise
  Sha256 digest{};                            ///< of all of it, whatever the boundary of the parts was
};

/// Reads audio: the part `audio` of multipart/form-data, or a body of audio/*, video/*, application/ogg,
/// application/octet-stream or application/vnd.earmark.fingerprint. kUnsupported: another media type;
/// kInvalidArgument: no audio, or a field too long; kResourceExhausted; kCorrupt; kIo.
[[nodiscard]] Result<Received> receive_audio(Request& request, Spool& spool);

}  // namespace earmark::api
