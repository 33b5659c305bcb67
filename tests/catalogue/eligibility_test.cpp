#include "catalogue/eligibility.h"

#include <gtest/gtest.h>

#include "fingerprint/extractor.h"
#include "tests/catalogue/fixture.h"

namespace earmark::catalogue {
namespace {

TEST(TitleFrom, IsTheNameOfTheFile) {
  EXPECT_EQ(title_from("path/to/A Song.flac"), "A Song");
  EXPECT_EQ(title_from("https://host/a/A%20Song.mp3?x=1.2#y"), "A Song");
  EXPECT_EQ(title_from("100%.mp3"), "100%");
  EXPECT_EQ(title_from("https://host/100%.mp3"), "100%");
  EXPECT_EQ(title_from("song"), "song");
  EXPECT_EQ(title_from(""), "");
}

TEST(IdentityOf, IsOfTheSoundAndNotOfTheModel) {
  const auto one = fingerprint::thin(song(1).fingerprint);
  auto other_model = one;
  other_model.model_version += 1;
  other_model.embeddings.clear();
  EXPECT_EQ(identity_of(one, {}), identity_of(other_model, {}));
  EXPECT_EQ(identity_of(one, {}), identity_of(one, sha256(as_bytes("other file"))));
  EXPECT_NE(identity_of(one, {}), identity_of(fingerprint::thin(song(2).fingerprint), {}));
  auto longer = one;
  longer.samples += 1;
  EXPECT_NE(identity_of(one, {}), identity_of(longer, {}));
}

}  // namespace
}  // namespace earmark::catalogue
