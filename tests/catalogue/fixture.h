#pragma once
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "catalogue/catalogue.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::catalogue {

/// Seconds of the recordings that the tests register.
inline constexpr double kSongSeconds = 16.0;

/// What analysing a file with these samples gives, without a file.
[[nodiscard]] Analysed analysed(const std::string& source, const std::vector<float>& samples);

/// The music of that number, the same each time.
[[nodiscard]] std::vector<float> music(std::uint32_t number, double seconds = kSongSeconds);
[[nodiscard]] Analysed song(std::uint32_t number);

/// Ten seconds of each, one after the other, with noise between: a query in which each is used once.
[[nodiscard]] Analysed medley(const std::vector<std::uint32_t>& numbers);

[[nodiscard]] Result<std::unique_ptr<Catalogue>> open(
    const std::filesystem::path& store,
    Catalogue::Options::Access access = Catalogue::Options::Access::kReadWrite);

/// Registers it for the default party; its id, or "" after a failed expectation.
std::string add(Catalogue& catalogue, const Analysed& input);

/// The ids that are found in the query, in order; for comparing two catalogues also where, and how surely.
[[nodiscard]] std::vector<std::string> ids_in(Catalogue& catalogue, const Analysed& query);
[[nodiscard]] std::string matches_in(Catalogue& catalogue, const Analysed& query);

}  // namespace earmark::catalogue
