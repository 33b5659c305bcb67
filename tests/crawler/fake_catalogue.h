#pragma once
#include <atomic>
#include <map>
#include <mutex>

#include "catalogue/catalogue.h"
#include "core/check.h"
#include "registry/ids.h"

namespace earmark::test {

/// A catalogue with a real registry and an ear for words instead of sounds: an episode whose bytes contain
/// "song" uses the one recording from 1 s to 3 s; bytes that begin with "broken" cannot be decoded.
class FakeCatalogue : public catalogue::Catalogue {
 public:
  explicit FakeCatalogue(std::unique_ptr<registry::Registry> registry) : registry_(std::move(registry)) {
    registry::NewRecording song;
    song.identity = registry::digest_of({"song"});
    song.content_hash = registry::digest_of({"song", "bytes"});
    song.title = "Song";
    song.source = "song.flac";
    song.duration_ms = 60'000;
    song.fingerprint.assign(4, std::byte{1});
    const auto added = registry_->recordings().add(song);
    EARMARK_CHECK(added.has_value(), "the registry takes a recording");
    song_ = added->recording;
  }

  Result<catalogue::Analysed> analyse(const std::filesystem::path& /*path*/) override {
    return fail(ErrorCode::kUnsupported, "the crawler has no paths");
  }
  Result<catalogue::Analysed> analyse(audio::ByteSource& source) override {
    ++analysed;
    std::string text(source.size().value_or(0), '\0');
    EARMARK_TRY(const std::size_t count, source.read_at(0, std::as_writable_bytes(std::span(text))));
    text.resize(count);
    if (text.starts_with("broken")) return fail(ErrorCode::kCorrupt, source.name() + ": no audio in it");
    catalogue::Analysed result;
    result.source = source.name();
    result.content_hash = sha256(as_bytes(text));
    result.fingerprint.samples = text.size() * 8000;
    const std::lock_guard lock(mutex_);
    heard_[result.content_hash] = text;
    return result;
  }
  Result<catalogue::RegisterOutcome> add(const catalogue::Analysed& /*input*/,
                                         const catalogue::RegisterRequest& /*request*/) override {
    return fail(ErrorCode::kUnsupported, "the crawler registers nothing");
  }
  Status forget(const std::string& id) override {
    EARMARK_TRY_STATUS(registry_->recordings().forget(id));
    return {};
  }
  Result<std::vector<catalogue::MatchedUse>> match(const catalogue::Analysed& input,
                                                   const index::SearchOptions& /*options*/) override {
    const std::lock_guard lock(mutex_);
    std::vector<catalogue::MatchedUse> uses;
    if (heard_[input.content_hash].find("song") == std::string::npos) return uses;
    index::Match match;
    match.recording = song_.key;
    match.query_start_ms = 1000;
    match.query_end_ms = 3000;
    match.reference_start_ms = 10'000;
    match.reference_end_ms = 12'000;
    match.probability = 0.99;
    uses.push_back({match, song_.id, song_.source, song_.title, {}});
    return uses;
  }
  Result<std::vector<catalogue::ExplainedUse>> match_explained(const catalogue::Analysed& input,
                                                               const index::SearchOptions& options,
                                                               double /*threshold*/) override {
    EARMARK_TRY(auto uses, match(input, options));
    std::vector<catalogue::ExplainedUse> explained;
    for (auto& use : uses) {
      explained.push_back({std::move(use), {}});
      explained.back().explained.why.match = explained.back().use.match;
    }
    return explained;
  }
  Result<std::vector<Bytes>> clips(audio::ByteSource& source,
                                   std::span<const catalogue::ClipRange> /*ranges*/) override {
    return fail(ErrorCode::kUnsupported, source.name() + ": words cannot be listened to");
  }
  Result<catalogue::Explained> explain(const catalogue::Analysed& /*input*/,
                                       const std::string& /*recording_id*/,
                                       const catalogue::ExplainOptions& /*options*/) override {
    return fail(ErrorCode::kUnsupported, "the crawler asks for no reasons");
  }
  Result<catalogue::CatalogueStats> stats() override { return catalogue::CatalogueStats{}; }
  registry::Registry& registry() override { return *registry_; }

  [[nodiscard]] std::size_t heard() {
    const std::lock_guard lock(mutex_);
    return heard_.size();
  }

  std::atomic<int> analysed = 0;

 private:
  std::unique_ptr<registry::Registry> registry_;
  registry::Recording song_;
  std::mutex mutex_;
  std::map<Sha256, std::string> heard_;
};

}  // namespace earmark::test
