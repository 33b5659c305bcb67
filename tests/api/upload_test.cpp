#include "api/upload.h"

#include <random>

#include <gtest/gtest.h>

#include "core/file.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::api {
namespace {

Bytes noise(std::size_t size) {
  std::mt19937 random(7);
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

TEST(Upload, GivesBackWhatItTookWhateverItsSize) {
  const test::TempDir folder;
  Spool spool({folder / "spool"});
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{262'144}, std::size_t{262'145}, std::size_t{3'000'000}}) {
    const Bytes bytes = noise(size);
    Upload upload(spool);
    for (std::size_t at = 0; at < size; at += 100'000)
      ASSERT_OK(upload.append(std::span(bytes).subspan(at, std::min<std::size_t>(100'000, size - at))));
    EXPECT_EQ(upload.size(), size);
    Bytes back(size + 10);
    std::size_t got = 0;
    while (true) {
      ASSERT_OK_AND(const auto n, upload.read_at(got, std::span(back).subspan(got)));
      if (n == 0) break;
      got += n;
    }
    back.resize(got);
    EXPECT_EQ(back, bytes) << size;
    ASSERT_OK(upload.save(folder / ("saved-" + std::to_string(size))));
    EXPECT_EQ(read_file(folder / ("saved-" + std::to_string(size)), 1 << 24).value(), bytes);
  }
  EXPECT_EQ(spool.used(), 0U);
}

TEST(Spool, TakesNoMoreThanItMay) {
  const test::TempDir folder;
  Spool spool({folder / "spool", 6 << 20, 0});
  Upload one(spool);
  Upload two(spool);
  ASSERT_OK(one.append(noise(1 << 20)));
  EXPECT_FAILS(two.append(noise(3 << 20)), ErrorCode::kResourceExhausted);
  EXPECT_TRUE(std::filesystem::is_empty(folder / "spool")) << "spooled files have no name";
}

/// A body that is there already.
class TextBody final : public RequestBody {
 public:
  struct Part {
    PartHead head;
    std::string text;
  };
  explicit TextBody(std::vector<Part> parts) : parts_(std::move(parts)) {}
  Status read(const Sink& sink) override { return sink(as_bytes(parts_.front().text)); }
  Status read_parts(const BeginPart& begin, const Sink& sink) override {
    for (const Part& part : parts_) {
      EARMARK_TRY_STATUS(begin(part.head));
      EARMARK_TRY_STATUS(sink(as_bytes(part.text)));
    }
    return {};
  }
  bool was_too_long() const override { return false; }

 private:
  std::vector<Part> parts_;
};

Result<Received> receive(const std::string& type, std::vector<TextBody::Part> parts, Spool& spool) {
  TextBody body(std::move(parts));
  Request request;
  request.headers = {{"Content-Type", type}};
  request.body = &body;
  return receive_audio(request, spool);
}

TEST(ReceiveAudio, TakesThePartCalledAudioAndItsFields) {
  const test::TempDir folder;
  Spool spool({folder / "spool"});
  const std::string form = "multipart/form-data; boundary=x";

  ASSERT_OK_AND(const auto received,
                receive(form, {{{"title", "", ""}, "Song"}, {{"audio", "C:\\a/b.mp3", ""}, "bytes"}}, spool));

  EXPECT_EQ(received.audio->name(), "b.mp3");
  EXPECT_EQ(received.audio->size(), 5U);
  EXPECT_EQ(received.fields.at("title"), "Song");
  EXPECT_FAILS(receive(form, {{{"title", "", ""}, "Song"}}, spool), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(receive(form, {{{"audio", "", ""}, ""}}, spool), ErrorCode::kInvalidArgument);
  EXPECT_FAILS(receive(form, {{{"audio", "", ""}, "a"}, {{"audio", "", ""}, "b"}}, spool),
               ErrorCode::kInvalidArgument);
  EXPECT_FAILS(
      receive(form, {{{"audio", "", ""}, "a"}, {{"title", "", ""}, std::string(70'000, 'x')}}, spool),
      ErrorCode::kInvalidArgument);
  EXPECT_FAILS(receive("text/plain", {{{}, "a"}}, spool), ErrorCode::kUnsupported);
  ASSERT_OK(receive("application/vnd.earmark.fingerprint", {{{}, "a"}}, spool));
}

TEST(ReceiveAudio, TellsRequestsApartByWhatIsInThem) {
  const test::TempDir folder;
  Spool spool({folder / "spool"});
  const auto digest = [&](const char* title, const char* audio) {
    return receive("multipart/form-data", {{{"title", "", ""}, title}, {{"audio", "a", ""}, audio}}, spool)
        .value()
        .digest;
  };
  EXPECT_EQ(digest("a", "bc"), digest("a", "bc"));
  EXPECT_NE(digest("a", "bc"), digest("ab", "c"));
  EXPECT_NE(digest("a", "bc"), digest("a", "bd"));
}

}  // namespace
}  // namespace earmark::api
