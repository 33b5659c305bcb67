#include "tests/catalogue/fixture.h"

#include <fmt/format.h>

#include "core/bytes.h"
#include "fingerprint/extractor.h"
#include "tests/support/signals.h"

namespace earmark::catalogue {

Analysed analysed(const std::string& source, const std::vector<float>& samples) {
  Analysed out;
  out.source = source;
  out.content_hash = sha256(std::as_bytes(std::span(samples)));
  fingerprint::Extractor extractor;
  extractor.push(samples);
  out.fingerprint = extractor.finish();
  return out;
}

std::vector<float> music(std::uint32_t number, double seconds) {
  // Notes of one scale alone are too much alike: the texture is what tells the songs apart.
  auto samples = test::song(1000 + number, seconds, fingerprint::kSampleRate);
  const auto texture = test::noise(2000 + number, samples.size(), 0.2F);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] += texture[i];
  return samples;
}

Analysed song(std::uint32_t number) {
  return analysed(fmt::format("folder/song {}.flac", number), music(number));
}

Analysed medley(const std::vector<std::uint32_t>& numbers) {
  std::vector<float> samples = test::noise(1, 3 * fingerprint::kSampleRate, 0.1F);
  for (const std::uint32_t number : numbers) {
    const auto used = music(number);
    samples.insert(samples.end(), used.begin() + 3 * fingerprint::kSampleRate,
                   used.begin() + 13 * fingerprint::kSampleRate);
    const auto gap = test::noise(number, 3 * fingerprint::kSampleRate, 0.1F);
    samples.insert(samples.end(), gap.begin(), gap.end());
  }
  return analysed("medley.mp3", samples);
}

Result<std::unique_ptr<Catalogue>> open(const std::filesystem::path& store,
                                        Catalogue::Options::Access access) {
  Catalogue::Options options;
  options.store = store;
  options.access = access;
  return Catalogue::open(options);
}

std::string add(Catalogue& catalogue, const Analysed& input) {
  const auto outcome = catalogue.add(input, {});
  EXPECT_TRUE(outcome) << outcome.error().message;
  return outcome ? outcome->recording_id : "";
}

std::vector<std::string> ids_in(Catalogue& catalogue, const Analysed& query) {
  std::vector<std::string> ids;
  const auto uses = catalogue.match(query, {});
  EXPECT_TRUE(uses) << uses.error().message;
  for (const auto& use : uses.value_or(std::vector<MatchedUse>())) ids.push_back(use.recording_id);
  return ids;
}

std::string matches_in(Catalogue& catalogue, const Analysed& query) {
  std::string text;
  const auto uses = catalogue.match(query, {});
  EXPECT_TRUE(uses) << uses.error().message;
  for (const auto& use : uses.value_or(std::vector<MatchedUse>())) {
    const index::Match& match = use.match;
    text += fmt::format("{} {}-{} at {}-{} speed {} score {} p {}\n", use.recording_id, match.query_start_ms,
                        match.query_end_ms, match.reference_start_ms, match.reference_end_ms, match.speed,
                        match.score, match.probability);
  }
  return text;
}

}  // namespace earmark::catalogue
