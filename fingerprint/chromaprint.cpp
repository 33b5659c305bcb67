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

struct Library {
  decltype(&chromaprint_new) create = nullptr;
  decltype(&chromaprint_free) destroy = nullptr;
  decltype(&chromaprint_start) start = nullptr;
  decltype(&chromaprint_feed) feed = nullptr;
  decltype(&chromaprint_finish) finish = nullptr;
  decltype(&chromaprint_get_raw_fingerprint) raw_fingerprint = nullptr;
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

}  // namespace earmark::fingerprint
