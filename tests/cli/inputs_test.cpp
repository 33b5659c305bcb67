#include "cli/inputs.h"

#include <fstream>

#include <gtest/gtest.h>

#include "tests/support/temp_dir.h"

namespace earmark::cli {
namespace {

namespace fs = std::filesystem;

void touch(const fs::path& path) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << "x";
}

std::vector<std::string> names(const Inputs& inputs, const fs::path& root) {
  std::vector<std::string> out;
  for (const Input& input : inputs.files) out.push_back(input.path.lexically_relative(root).native());
  return out;
}

TEST(CollectInputs, WalksFoldersInTheOrderOfNames) {
  const test::TempDir folder;
  for (const char* name : {"b/2.ogg", "b/1.MP3", "a.flac", "c.emfp", "B.wav"}) touch(folder / name);

  const std::vector<std::string> paths = {folder.path().native()};
  const Inputs inputs = collect_inputs(paths);

  EXPECT_EQ(names(inputs, folder.path()),
            (std::vector<std::string>{"B.wav", "a.flac", "b/1.MP3", "b/2.ogg", "c.emfp"}));
  EXPECT_EQ(inputs.files[2].under, "b");
  EXPECT_EQ(inputs.files[0].under, "");
  EXPECT_EQ(inputs.skipped, 0U);
}

TEST(CollectInputs, LeavesOutWhatIsHiddenAndCountsWhatIsNoAudio) {
  const test::TempDir folder;
  for (const char* name : {"a.mp3", "cover.jpg", "notes", ".hidden.mp3", ".git/x.mp3"}) touch(folder / name);

  const std::vector<std::string> paths = {folder.path().native()};
  const Inputs inputs = collect_inputs(paths);

  EXPECT_EQ(names(inputs, folder.path()), (std::vector<std::string>{"a.mp3"}));
  EXPECT_EQ(inputs.skipped, 2U);
}

TEST(CollectInputs, TakesFilesThatAreNamedWhateverTheyAreCalled) {
  const test::TempDir folder;
  touch(folder / "notes.txt");
  touch(folder / ".hidden");

  const std::vector<std::string> paths = {folder / ".hidden", folder / "notes.txt"};
  const Inputs inputs = collect_inputs(paths);

  EXPECT_EQ(names(inputs, folder.path()), (std::vector<std::string>{".hidden", "notes.txt"}));
}

TEST(CollectInputs, KeepsThePlaceOfWhatIsNotThere) {
  const test::TempDir folder;
  touch(folder / "a.mp3");

  const std::vector<std::string> paths = {folder / "absent.mp3", folder / "a.mp3", ""};
  const Inputs inputs = collect_inputs(paths);

  ASSERT_EQ(inputs.files.size(), 3U);
  ASSERT_TRUE(inputs.files[0].error);
  EXPECT_EQ(inputs.files[0].error->code, ErrorCode::kNotFound);
  EXPECT_NE(inputs.files[0].error->message.find("absent.mp3"), std::string::npos);
  EXPECT_FALSE(inputs.files[1].error);
  EXPECT_TRUE(inputs.files[2].error);
}

TEST(CollectInputs, FollowsLinksToFilesButNotToFolders) {
  const test::TempDir folder;
  touch(folder / "in/a.mp3");
  fs::create_symlink(folder / "in/a.mp3", folder / "in/b.mp3");
  fs::create_directory_symlink(folder.path(), folder / "in/loop");

  const std::vector<std::string> paths = {folder / "in"};

  EXPECT_EQ(names(collect_inputs(paths), folder.path()), (std::vector<std::string>{"in/a.mp3", "in/b.mp3"}));
}

TEST(CollectInputs, KeepsNamesThatAreNotUtf8) {
  const test::TempDir folder;
  touch(folder / "caf\xe9.mp3");

  const std::vector<std::string> paths = {folder.path().native()};

  EXPECT_EQ(names(collect_inputs(paths), folder.path()), (std::vector<std::string>{"caf\xe9.mp3"}));
}

TEST(HasAudioName, KnowsTheUsualOnes) {
  for (const char* name : {"a.mp3", "a.M4A", "a.x.opus", "a.emfp", "a.webm", "a.3gp", "a.wv"})
    EXPECT_TRUE(has_audio_name(name)) << name;
  for (const char* name : {"a", "a.txt", "mp3", ".mp3", "a.mp3.part", "a.jpg"})
    EXPECT_FALSE(has_audio_name(name)) << name;
}

}  // namespace
}  // namespace earmark::cli
