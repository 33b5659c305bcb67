#include "audio/worker/flac_encode.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>

#include <sndfile.h>

#include "audio/decoder.h"

namespace earmark::audio::worker {
namespace {

/// A file in memory; libsndfile comes back to its head when the length is known.
struct MemoryFile {
  Bytes bytes;
  sf_count_t position = 0;
};

MemoryFile& file_of(void* user) { return *static_cast<MemoryFile*>(user); }

sf_count_t file_length(void* user) { return static_cast<sf_count_t>(file_of(user).bytes.size()); }

sf_count_t file_seek(sf_count_t offset, int whence, void* user) {
  MemoryFile& file = file_of(user);
  const sf_count_t from = whence == SEEK_CUR ? file.position : whence == SEEK_END ? file_length(user) : 0;
  if (from + offset < 0) return -1;
  file.position = from + offset;
  return file.position;
}

sf_count_t file_read(void* out, sf_count_t count, void* user) {
  MemoryFile& file = file_of(user);
  const sf_count_t n = std::clamp<sf_count_t>(file_length(user) - file.position, 0, count);
  if (n > 0) std::memcpy(out, file.bytes.data() + file.position, static_cast<std::size_t>(n));
  file.position += n;
  return n;
}

sf_count_t file_write(const void* bytes, sf_count_t count, void* user) {
  MemoryFile& file = file_of(user);
  const auto end = static_cast<std::size_t>(file.position + count);
  if (end > file.bytes.size()) file.bytes.resize(end);
  std::memcpy(file.bytes.data() + file.position, bytes, static_cast<std::size_t>(count));
  file.position += count;
  return count;
}

sf_count_t file_tell(void* user) { return file_of(user).position; }

struct Close {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

std::size_t read_samples(Channel& channel, std::uint64_t offset, std::span<float> out) {
  const auto room = std::as_writable_bytes(out);
  std::size_t done = 0;
  while (done < room.size()) {
    const std::size_t n = channel.read_at(offset + done, room.subspan(done));
    if (n == 0) break;
    done += n;
  }
  return done / sizeof(float);
}

}  // namespace

Result<Bytes> encode_flac(Channel& channel) {
  MemoryFile memory;
  SF_VIRTUAL_IO io{file_length, file_seek, file_read, file_write, file_tell};
  SF_INFO info{};
  info.samplerate = kAnalysisRate;
  info.channels = 1;
  info.format = SF_FORMAT_FLAC | SF_FORMAT_PCM_16;
  std::unique_ptr<SNDFILE, Close> file(sf_open_virtual(&io, SFM_WRITE, &info, &memory));
  if (!file) return fail(ErrorCode::kInternal, std::string("FLAC: ") + sf_strerror(nullptr));
  sf_command(file.get(), SFC_SET_CLIPPING, nullptr, SF_TRUE);
  std::array<float, 4096> block{};
  for (std::uint64_t offset = 0;;) {
    const std::size_t n = read_samples(channel, offset, block);
    if (n == 0) break;
    offset += n * sizeof(float);
    std::replace_if(
        block.begin(), block.begin() + static_cast<std::ptrdiff_t>(n),
        [](float v) { return !std::isfinite(v); }, 0.0F);
    if (sf_writef_float(file.get(), block.data(), static_cast<sf_count_t>(n)) != static_cast<sf_count_t>(n))
      return fail(ErrorCode::kInternal, std::string("FLAC: ") + sf_strerror(file.get()));
  }
  file.reset();
  return std::move(memory.bytes);
}

}  // namespace earmark::audio::worker
