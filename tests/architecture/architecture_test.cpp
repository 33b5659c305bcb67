#include <algorithm>

#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "tests/architecture/rules.h"

namespace earmark::test {
namespace {

const std::vector<SourceFile>& repository() {
  static const auto files = read_repository(EARMARK_SOURCE_DIR);
  return files;
}

Breaches in_repository(Breaches (*check)(const SourceFile&)) {
  Breaches all;
  for (const SourceFile& file : repository()) {
    const Breaches some = check(file);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

std::string listed(const Breaches& breaches) { return fmt::format("\n{}\n", fmt::join(breaches, "\n")); }

TEST(Architecture, IncludesKeepTheLayersAndVendorsTheirHomes) {
  const Breaches breaches = in_repository(check_includes);
  EXPECT_TRUE(breaches.empty()) << listed(breaches);
}

TEST(Architecture, FilesAndFunctionsAreSmall) {
  const Breaches breaches = in_repository(check_sizes);
  EXPECT_TRUE(breaches.empty()) << listed(breaches);
}

TEST(Architecture, NothingIsLeftForLater) {
  const Breaches breaches = in_repository(check_words);
  EXPECT_TRUE(breaches.empty()) << listed(breaches);
}

TEST(Architecture, EveryModuleIsKnownAndExplained) {
  const Breaches breaches = check_modules(repository());
  EXPECT_TRUE(breaches.empty()) << listed(breaches);
}

TEST(Architecture, TheReaderFindsTheRepository) {
  const auto has = [](std::string_view path) {
    return std::any_of(repository().begin(), repository().end(),
                       [&](const SourceFile& f) { return f.path == path; });
  };
  EXPECT_TRUE(has("core/error.h"));
  EXPECT_TRUE(has("tests/architecture/architecture_test.cpp"));
  EXPECT_GT(repository().size(), 50U);
}

// The checks see what they are there for: each is given one planted breach.

TEST(ArchitectureChecks, SeeABreachOfTheLayers) {
  EXPECT_EQ(check_includes({"audio/x.cpp", "\n#include \"registry/registry.h\"\n"}),
            Breaches{"audio/x.cpp:2: audio may not include registry/registry.h (layers)"});
  EXPECT_EQ(check_includes({"core/x.h", "#include \"audio/decoder.h\"\n"}).size(), 1U);
  EXPECT_EQ(check_includes({"crawler/x.h", "#  include \"cli/options.h\"\n"}).size(), 1U);
  EXPECT_EQ(check_includes({"index/x.h", "#include \"fingerprint/codec.h\"\n"}),
            Breaches{"index/x.h:1: index may not include fingerprint/codec.h (only fingerprint/model.h, "
                     "fingerprint/types.h)"});
  EXPECT_EQ(check_includes({"newcomer/x.h", "#include \"core/error.h\"\n"}).size(), 1U);
  EXPECT_EQ(check_includes({"core/x.cpp", "#include \"error.h\"\n"}).size(), 1U);

  EXPECT_TRUE(
      check_includes({"index/x.h", "#include \"fingerprint/types.h\"\n#include \"core/error.h\"\n"}).empty());
  EXPECT_TRUE(check_includes({"crawler/x.h", "#include \"catalogue/catalogue.h\"\n"}).empty());
}

TEST(ArchitectureChecks, SeeAVendorAwayFromHome) {
  EXPECT_EQ(check_includes({"index/engine.h", "#include <faiss/Index.h>\n"}).size(), 1U);
  EXPECT_EQ(check_includes({"crawler/crawl.cpp", "#include <nlohmann/json.hpp>\n"}).size(), 1U);
  EXPECT_EQ(check_includes({"cli/main.cpp", "#include <CLI/CLI.hpp>\n"}).size(), 1U);
  EXPECT_EQ(check_includes({"audio/decoder.h", "#include <libavcodec/avcodec.h>\n"}).size(), 1U);
  EXPECT_EQ(check_includes({"core/error.h", "#include <fmt/format.h>\n"}).size(), 1U);
  EXPECT_EQ(check_includes({"core/error.cpp", "#include <boost/any.hpp>\n"}).size(), 1U);
  EXPECT_EQ(check_includes({"core/error.cpp", "#include <newcomer.h>\n"}).size(), 1U);

  EXPECT_TRUE(
      check_includes({"index/quantiser.cpp", "#include <faiss/Index.h>\n#include <vector>\n"}).empty());
  EXPECT_TRUE(check_includes(
                  {"core/file.cpp", "#include <sys/stat.h>\n#include <fcntl.h>\n#include <fmt/format.h>\n"})
                  .empty());
}

TEST(ArchitectureChecks, SeeWhatHasGrownTooLong) {
  const auto lines = [](std::size_t n) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i) text += "  f(\"}\");  // {\n";
    return text;
  };
  EXPECT_TRUE(check_sizes({"a/x.h", std::string(200, '\n')}).empty());
  EXPECT_EQ(check_sizes({"a/x.h", std::string(201, '\n')}).size(), 1U);
  EXPECT_TRUE(check_sizes({"a/x.cpp", std::string(400, '\n')}).empty());
  EXPECT_EQ(check_sizes({"a/x.cpp", std::string(401, '\n')}).size(), 1U);
  EXPECT_TRUE(check_sizes({"a/x.cpp", "namespace a {\nclass B {\n" + lines(150) + "};\n}\n"}).empty());
  EXPECT_TRUE(check_sizes({"a/x.cpp", "void f() {\n" + lines(98) + "}\n"}).empty());
  EXPECT_EQ(check_sizes({"a/x.cpp", "namespace a {\nvoid f() {\n" + lines(99) + "}\n}\n"}),
            Breaches{"a/x.cpp:2: function of 101 lines (at most 100)"});
  EXPECT_EQ(check_sizes({"a/x.cpp", "struct A {\n  template <class T>\n  int g(const T& t) const {\n" +
                                        lines(100) + "}\n};\n"})
                .size(),
            1U);
}

TEST(ArchitectureChecks, SeeWhatIsLeftForLater) {
  const std::string word = std::string("TO") + "DO";
  EXPECT_EQ(check_words({"a/x.md", "fine\n// " + word + ": later\n"}).size(), 1U);
  EXPECT_TRUE(check_words({"a/x.cpp", "mkdtemp(\"name-XXXXXX\");\n"}).empty());
}

TEST(ArchitectureChecks, SeeAModuleThatNobodyExplains) {
  EXPECT_EQ(check_modules({{"core/x.h", ""}}).size(), 1U);
  EXPECT_EQ(check_modules({{"newcomer/x.h", ""}, {"newcomer/README.md", ""}}).size(), 1U);
  EXPECT_TRUE(check_modules({{"core/x.h", ""}, {"core/README.md", ""}}).empty());
}

TEST(ArchitectureChecks, BlankCommentsAndLiteralsOnly) {
  EXPECT_EQ(without_comments_and_literals("a \"\\\"{\" b"), "a       b");
  EXPECT_EQ(without_comments_and_literals("a '{' b"), "a     b");
  EXPECT_EQ(without_comments_and_literals("a // {\nb"), "a     \nb");
  EXPECT_EQ(without_comments_and_literals("a /*{\n}*/ b"), "a    \n    b");
  EXPECT_EQ(without_comments_and_literals("a R\"x(\"{)x\" b"), "a           b");
  EXPECT_EQ(without_comments_and_literals("1'000 {}"), "1'000 {}");
}

}  // namespace
}  // namespace earmark::test
