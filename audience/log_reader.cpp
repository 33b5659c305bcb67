#include "audience/log_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include <unistd.h>
#include <zlib.h>

#include "core/error.h"

namespace earmark::audience {
namespace {

constexpr std::size_t kHead = 4096;
constexpr std::size_t kRead = std::size_t{1} << 18U;
constexpr std::size_t kLongestLine = std::size_t{1} << 20U;

}  // namespace

struct LogReader::State {
  std::string name;
  gzFile file = nullptr;
  std::vector<char> buffer;
  std::size_t from = 0;  ///< what is not given yet, in the buffer
  std::size_t end = 0;
  bool at_end = false;
  std::uint64_t position = 0;
  std::string tail;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (file != nullptr) gzclose(file);
  }

  /// Reads more behind what is not given yet.
  Status fill() {
    if (from > 0) {
      std::memmove(buffer.data(), buffer.data() + from, end - from);
      end -= from;
      from = 0;
    }
    if (buffer.size() - end < kRead) buffer.resize(end + kRead);
    const int got = gzread(file, buffer.data() + end, static_cast<unsigned>(kRead));
    if (got < 0) {
      int code = 0;
      const char* text = gzerror(file, &code);
      if (code == Z_ERRNO) return fail(error_from_errno(errno, "read " + name));
      return fail(ErrorCode::kCorrupt, name + ": " + text);
    }
    if (got == 0) {
      int code = 0;
      gzerror(file, &code);
      if (code == Z_BUF_ERROR) return fail(ErrorCode::kCorrupt, name + ": the gzip file is cut");
      at_end = true;
    }
    end += static_cast<std::size_t>(got);
    return {};
  }
};

LogReader::LogReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
LogReader::LogReader(LogReader&&) noexcept = default;
LogReader& LogReader::operator=(LogReader&&) noexcept = default;
LogReader::~LogReader() = default;

Result<LogReader> LogReader::open(const std::filesystem::path& path) {
  auto state = std::make_unique<State>();
  state->name = path.string();
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    return fail(ErrorCode::kInvalidArgument, state->name + " is a folder: name the logs in it");
  errno = 0;
  state->file = path == "-" ? gzdopen(::dup(STDIN_FILENO), "rb") : gzopen(path.c_str(), "rb");
  if (state->file == nullptr)
    return fail(error_from_errno(errno == 0 ? ENOMEM : errno, "open " + state->name));
  gzbuffer(state->file, static_cast<unsigned>(kRead));
  return LogReader(std::move(state));
}

Result<std::optional<std::string_view>> LogReader::next() {
  State& s = *state_;
  std::size_t searched = 0;
  for (;;) {
    const char* begin = s.buffer.data() + s.from;
    const std::size_t size = s.end - s.from;
    const void* found = size == searched ? nullptr : std::memchr(begin + searched, '\n', size - searched);
    if (found != nullptr) {
      const auto length = static_cast<std::size_t>(static_cast<const char*>(found) - begin);
      s.from += length + 1;
      s.position += length + 1;
      return std::string_view(begin, length);
    }
    if (s.at_end) return std::optional<std::string_view>();
    if (size > kLongestLine)
      return fail(ErrorCode::kResourceExhausted, s.name + ": a line of more than 1 MiB: not a log");
    searched = size;
    EARMARK_TRY_STATUS(s.fill());
  }
}

std::uint64_t LogReader::position() const { return state_->position; }
std::string_view LogReader::tail() const { return state_->tail; }
std::uint64_t LogReader::unfinished() const { return state_->end - state_->from; }

Status LogReader::skip_to(std::uint64_t position) {
  State& s = *state_;
  while (s.position < position) {
    if (s.from == s.end) {
      if (s.at_end) return {};
      EARMARK_TRY_STATUS(s.fill());
      continue;
    }
    const auto step = std::min<std::uint64_t>(s.end - s.from, position - s.position);
    const std::string_view passed(s.buffer.data() + s.from, static_cast<std::size_t>(step));
    s.tail.append(passed.substr(passed.size() - std::min(passed.size(), kHead)));
    if (s.tail.size() > kHead) s.tail.erase(0, s.tail.size() - kHead);
    s.from += static_cast<std::size_t>(step);
    s.position += step;
  }
  return {};
}

Result<std::string_view> LogReader::head() {
  State& s = *state_;
  while (s.end - s.from < kHead && !s.at_end) EARMARK_TRY_STATUS(s.fill());
  return std::string_view(s.buffer.data() + s.from, std::min(kHead, s.end - s.from));
}

}  // namespace earmark::audience
