// The home of libchromaprint. It is loaded when it is first needed, and not linked: it brings libavcodec (for
// its Fourier transform), and nothing but the sandboxed decoder should start with that.
#include "fingerprint/chromaprint.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <memory>

#include <chromaprint.h>
#include <dlfcn.h>

#include "fingerprint/types.h"

namespace earmark::fingerprint {
namespace {

constexpr const char* kLibrary = "libchromaprint.so.1";
constexpr std::size_t kLongestText = std::size_t{1} << 18U;
constexpr std::size_t kMostItems = 65'536;  ///< over two hours of audio

struct Library {
  decltype(&chromaprint_new) create = nullptr;
  decltype(&chromaprint_free) destroy = nullptr;
  decltype(&chromaprint_start) start = nullptr;
  decltype(&chromaprint_feed) feed = nullptr;
  decltype(&chromaprint_finish) finish = nullptr;
  decltype(&chromaprint_get_raw_fingerprint) raw_fingerprint = nullptr;
  decltype(&chromaprint_decode_fingerprint) decode = nullptr;
  decltype(&chromaprint_encode_fingerprint) encode = nullptr;
  decltype(&chromaprint_dealloc) release = nullptr;
  bool is_complete = false;
};

template <class T>
bool load(void* handle, const char* name, T& function) {
  function = reinterpret_cast<T>(::dlsym(handle, name));
  return function != nullptr;
}

Library open_library() {
  Library library;
  void* const handle = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);  // stays until the process ends
  if (handle == nullptr) return library;
  library.is_complete =
      load(handle, "chromaprint_new", library.create) && load(handle, "chromaprint_free", library.destroy) &&
      load(handle, "chromaprint_start", library.start) && load(handle, "chromaprint_feed", library.feed) &&
      load(handle, "chromaprint_finish", library.finish) &&
      load(handle, "chromaprint_get_raw_fingerprint", library.raw_fingerprint) &&
      load(handle, "chromaprint_decode_fingerprint", library.decode) &&
      load(handle, "chromaprint_encode_fingerprint", library.encode) &&
      load(handle, "chromaprint_dealloc", library.release);
  return library;
}

Result<const Library*> library() {
  static const Library opened = open_library();
  if (opened.is_complete) return &opened;
  return fail(ErrorCode::kUnavailable, "Chromaprint is not installed (Debian: libchromaprint1)");
}

/// Takes over what the library allocated.
std::vector<std::uint32_t> take(const Library& library, std::uint32_t* items, int count) {
  std::vector<std::uint32_t> taken(items, items + std::max(count, 0));
  library.release(items);
  return taken;
}

/// How many items the head of a compressed fingerprint promises (a byte of algorithm, three of length, in
/// URL-safe base64): looked at before anything is allocated for them.
std::size_t promised_items(std::string_view text) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::uint64_t bits = 0;
  constexpr std::size_t kHeadCharacters = 6;  // 36 bits
  for (std::size_t i = 0; i < kHeadCharacters; ++i) {
    const auto digit = i < text.size() ? kAlphabet.find(text[i]) : std::string_view::npos;
    if (digit == std::string_view::npos) return kMostItems + 1;
    bits = (bits << 6U) | digit;
  }
  return (bits >> 4U) & 0xffffffU;
}

}  // namespace

Result<std::vector<std::uint32_t>> chromaprint_of(std::span<const std::int16_t> samples) {
  EARMARK_TRY(const Library* const lib, library());
  const std::unique_ptr<ChromaprintContext, decltype(lib->destroy)> context(
      lib->create(CHROMAPRINT_ALGORITHM_DEFAULT), lib->destroy);
  samples =
      samples.first(std::min(samples.size(), kChromaprintSeconds * static_cast<std::size_t>(kSampleRate)));
  std::uint32_t* items = nullptr;
  int count = 0;
  const bool done = context != nullptr && lib->start(context.get(), kSampleRate, 1) == 1 &&
                    lib->feed(context.get(), samples.data(), static_cast<int>(samples.size())) == 1 &&
                    lib->finish(context.get()) == 1 &&
                    lib->raw_fingerprint(context.get(), &items, &count) == 1;
  if (!done) return fail(ErrorCode::kInternal, "Chromaprint cannot make a fingerprint");
  return take(*lib, items, count);
}

Result<std::vector<std::uint32_t>> parse_chromaprint(std::string_view text) {
  EARMARK_TRY(const Library* const lib, library());
  if (text.empty() || text.size() > kLongestText || promised_items(text) > kMostItems)
    return fail(ErrorCode::kInvalidArgument, "not a Chromaprint fingerprint");
  std::uint32_t* items = nullptr;
  int count = 0;
  int algorithm = 0;
  if (lib->decode(text.data(), static_cast<int>(text.size()), &items, &count, &algorithm, 1) != 1)
    return fail(ErrorCode::kInvalidArgument, "not a Chromaprint fingerprint");
  auto taken = take(*lib, items, count);
  if (taken.empty() || algorithm != CHROMAPRINT_ALGORITHM_DEFAULT)
    return fail(ErrorCode::kInvalidArgument,
                "a Chromaprint fingerprint of another algorithm than the default");
  return taken;
}

Result<std::string> format_chromaprint(std::span<const std::uint32_t> items) {
  EARMARK_TRY(const Library* const lib, library());
  char* text = nullptr;
  int size = 0;
  if (lib->encode(items.data(), static_cast<int>(items.size()), CHROMAPRINT_ALGORITHM_DEFAULT, &text, &size,
                  1) != 1)
    return fail(ErrorCode::kInternal, "Chromaprint cannot write a fingerprint");
  std::string taken(text, static_cast<std::size_t>(size));
  lib->release(text);
  return taken;
}

}  // namespace earmark::fingerprint
