#include "audio/worker/sndfile_decode.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <sndfile.h>

#include "audio/decoder.h"
#include "audio/worker/mixer.h"

namespace earmark::audio::worker {
namespace {

constexpr std::size_t kBlockFrames = 4096;

struct VirtualFile {
  Channel* channel = nullptr;
  sf_count_t position = 0;
};

sf_count_t file_length(void* user) {
  return static_cast<sf_count_t>(static_cast<VirtualFile*>(user)->channel->size().value_or(0));
}

sf_count_t file_seek(sf_count_t offset, int whence, void* user) {
  auto& file = *static_cast<VirtualFile*>(user);
  const sf_count_t from = whence == SEEK_CUR ? file.position : whence == SEEK_END ? file_length(user) : 0;
  sf_count_t target = 0;
  if (__builtin_add_overflow(from, offset, &target) || target < 0) return -1;
  file.position = target;
  return target;
}

sf_count_t file_read(void* out, sf_count_t count, void* user) {
  auto& file = *static_cast<VirtualFile*>(user);
  const std::span<std::byte> room(static_cast<std::byte*>(out),
                                  static_cast<std::size_t>(std::max<sf_count_t>(count, 0)));
  std::size_t done = 0;
  while (done < room.size()) {
    const std::size_t n =
        file.channel->read_at(static_cast<std::uint64_t>(file.position), room.subspan(done));
    if (n == 0) break;
    done += n;
    file.position += static_cast<sf_count_t>(n);
  }
  return static_cast<sf_count_t>(done);
}

sf_count_t file_write(const void* /*bytes*/, sf_count_t /*count*/, void* /*user*/) { return 0; }
sf_count_t file_tell(void* user) { return static_cast<VirtualFile*>(user)->position; }

struct Close {
  void operator()(SNDFILE* file) const { sf_close(file); }
};

std::string name_of(int format, int command) {
  SF_FORMAT_INFO info{};
  info.format = format;
  if (sf_command(nullptr, command, &info, sizeof(info)) != 0 || info.name == nullptr) return "unknown";
  std::string name(info.name);
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name.substr(0, name.find(' '));
}

}  // namespace

Result<Decoded> decode_with_sndfile(Channel& channel, SamplesOut& out) {
  if (!channel.size()) return fail(ErrorCode::kUnsupported, "its size is unknown");
  VirtualFile where{&channel, 0};
  SF_VIRTUAL_IO io{file_length, file_seek, file_read, file_write, file_tell};
  SF_INFO info{};
  const std::unique_ptr<SNDFILE, Close> file(sf_open_virtual(&io, SFM_READ, &info, &where));
  if (!file) return fail(ErrorCode::kUnsupported, "no known media format");
  const int container = info.format & SF_FORMAT_TYPEMASK;
  const int codec = info.format & SF_FORMAT_SUBMASK;
  if (container == SF_FORMAT_MPEG || container == SF_FORMAT_RAW)
    return fail(ErrorCode::kUnsupported, "no known media format");
  if (info.channels <= 0 || static_cast<std::size_t>(info.channels) > Mixer::kMaxChannels) {
    return fail(ErrorCode::kUnsupported, fmt::format("{} channels", info.channels));
  }
  const auto channels = static_cast<std::size_t>(info.channels);
  std::vector<float> block(kBlockFrames * channels);
  const std::array<const std::uint8_t*, 1> planes{reinterpret_cast<const std::uint8_t*>(block.data())};
  Mixer mixer(out);
  while (!out.full()) {
    const sf_count_t n = sf_readf_float(file.get(), block.data(), kBlockFrames);
    if (n <= 0) break;
    EARMARK_TRY_STATUS(mixer.add(
        Pcm{SampleFormat::kFloat, false, planes, channels, static_cast<std::size_t>(n), info.samplerate, 0}));
  }
  EARMARK_TRY_STATUS(mixer.finish());
  if (out.count() == 0) return fail(ErrorCode::kCorrupt, "nothing of its audio could be decoded");
  return Decoded{name_of(container, SFC_GET_FORMAT_INFO), name_of(codec, SFC_GET_FORMAT_INFO),
                 info.samplerate, info.channels, mixer.side_channel_used()};
}

}  // namespace earmark::audio::worker
