#include "registry/recordings.h"

#include "tests/registry/fixture.h"

namespace earmark::registry {
namespace {

using RecordingsTest = RegistryTest;
using Kind = AddRecordingOutcome::Kind;

TEST_F(RecordingsTest, ComeBackAsTheyWereAdded) {
  const auto input = recording("song", "Label");
  ASSERT_OK_AND(const auto added, registry_->recordings().add(input));
  EXPECT_EQ(added.kind, Kind::kAdded);
  open();

  ASSERT_OK_AND(const auto found, registry_->recordings().find(added.recording.id));

  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, public_id("rec_", input.identity));
  EXPECT_EQ(found->status, RecordingStatus::kRegistered);
  EXPECT_EQ(found->owner, "Label");
  EXPECT_EQ(found->title, "Title of song");
  EXPECT_EQ(found->source, "song.flac");
  EXPECT_EQ(found->content_sha256, to_hex(input.content_hash));
  EXPECT_EQ(found->duration_ms, 180'000);
  EXPECT_EQ(found->fingerprint_bytes, 4);
  EXPECT_EQ(found->action, PolicyAction::kMonetize);
  EXPECT_TRUE(found->rule_id.starts_with("rule_"));
  EXPECT_EQ(found->rule_version, 1);
  EXPECT_EQ(found->created_at, clock_.now());
  ASSERT_OK_AND(const auto bytes, registry_->recordings().fingerprint(found->key));
  EXPECT_EQ(bytes, input.fingerprint);
}

TEST_F(RecordingsTest, WithoutAnOwnerBelongToTheDefaultParty) {
  EXPECT_EQ(add(recording("song")).owner, kDefaultParty);
}

TEST_F(RecordingsTest, OfTheSameAudioOrTheSameBytesAreDuplicates) {
  const auto first = add(recording("song", "A"));
  auto same_audio = recording("song", "B");
  same_audio.content_hash = digest_of({"another encoding"});
  auto same_bytes = recording("song", "C");
  same_bytes.identity = digest_of({"decoded by another version"});

  for (const auto& input : {recording("song", "A"), same_audio, same_bytes}) {
    ASSERT_OK_AND(const auto again, registry_->recordings().add(input));
    EXPECT_EQ(again.kind, Kind::kDuplicate);
    EXPECT_EQ(again.recording.id, first.id);
    EXPECT_EQ(again.recording.owner, "A");
  }
  ASSERT_OK_AND(const auto all, registry_->recordings().list());
  EXPECT_EQ(all.size(), 1U);
  ASSERT_OK_AND(const auto history, registry_->recordings().history(first.id));
  ASSERT_EQ(history.size(), 3U);
  EXPECT_EQ(history[0].kind, "registered");
  EXPECT_EQ(history[1].kind, "duplicate");
  EXPECT_NE(history[1].detail.find("\"owner\":\"B\""), std::string::npos);
  EXPECT_NE(history[2].detail.find("\"owner\":\"C\""), std::string::npos);
}

TEST_F(RecordingsTest, WhoseIdsBeginAlikeGetLongerOnes) {
  auto a = recording("a");
  auto b = recording("b");
  b.identity = a.identity;
  b.identity.back() ^= std::byte{1};

  const auto id_a = add(a).id;
  const auto id_b = add(b).id;

  EXPECT_EQ(id_b.size(), id_a.size() + kIdLengthStep);
  EXPECT_TRUE(id_b.starts_with(id_a));
}

TEST_F(RecordingsTest, ThatAreForgottenLoseTheirFingerprintAndKeepTheirHistory) {
  const auto known = add(recording("song"));
  clock_.advance(std::chrono::hours(1));

  ASSERT_OK_AND(const auto key, registry_->recordings().forget(known.id));

  EXPECT_EQ(key, known.key);
  ASSERT_OK_AND(const auto found, registry_->recordings().find(known.id));
  EXPECT_EQ(found->status, RecordingStatus::kForgotten);
  EXPECT_EQ(found->changed_at, clock_.now());
  ASSERT_OK_AND(const auto bytes, registry_->recordings().fingerprint(key));
  EXPECT_FALSE(bytes);
  ASSERT_OK_AND(const auto history, registry_->recordings().history(known.id));
  EXPECT_EQ(history.back().kind, "forgotten");
  EXPECT_FAILS(registry_->recordings().forget(known.id), ErrorCode::kNotFound);
  EXPECT_FAILS(registry_->recordings().forget("rec_nobody"), ErrorCode::kNotFound);
}

TEST_F(RecordingsTest, ThatWereForgottenComeBackUnderTheirId) {
  const auto known = add(recording("song", "A"));
  ASSERT_OK(registry_->recordings().forget(known.id));

  ASSERT_OK_AND(const auto again, registry_->recordings().add(recording("song", "B")));

  EXPECT_EQ(again.kind, Kind::kAdded);
  EXPECT_EQ(again.recording.id, known.id);
  EXPECT_EQ(again.recording.key, known.key);
  EXPECT_EQ(again.recording.owner, "B");
  EXPECT_EQ(again.recording.status, RecordingStatus::kRegistered);
  ASSERT_OK_AND(const auto bytes, registry_->recordings().fingerprint(known.key));
  EXPECT_TRUE(bytes);
  ASSERT_OK_AND(const auto history, registry_->recordings().history(known.id));
  EXPECT_EQ(history.back().kind, "restored");
}

TEST_F(RecordingsTest, InQuarantineAreKeptAndNotCountedAsRegistered) {
  auto silence = recording("silence");
  silence.fingerprint.clear();
  silence.quarantine_reason = "no sound";

  const auto kept = add(silence);
  EXPECT_EQ(kept.status, RecordingStatus::kQuarantined);
  EXPECT_EQ(kept.reason, "no sound");
  ASSERT_OK_AND(const auto again, registry_->recordings().add(silence));
  EXPECT_EQ(again.kind, Kind::kDuplicate);
  ASSERT_OK_AND(const auto stats, registry_->stats());
  EXPECT_EQ(stats.recordings, 0);
  EXPECT_EQ(stats.quarantined, 1);
  ASSERT_OK_AND(const auto revision, registry_->recordings().revision());
  EXPECT_EQ(revision, 0);
  ASSERT_OK(registry_->recordings().forget(kept.id));
  ASSERT_OK_AND(const auto still, registry_->recordings().revision());
  EXPECT_EQ(still, 0);
}

TEST_F(RecordingsTest, NeedAFingerprintOrAReason) {
  auto neither = recording("song");
  neither.fingerprint.clear();
  EXPECT_FAILS(registry_->recordings().add(neither), ErrorCode::kInvalidArgument);
  auto both = recording("song");
  both.quarantine_reason = "no sound";
  EXPECT_FAILS(registry_->recordings().add(both), ErrorCode::kInvalidArgument);
}

TEST_F(RecordingsTest, LeaveALogToCatchUpFrom) {
  const auto a = add(recording("a"));
  const auto b = add(recording("b"));
  ASSERT_OK(registry_->recordings().forget(a.id));
  add(recording("a"));

  ASSERT_OK_AND(const auto changes, registry_->recordings().changes_since(1));

  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[0].revision, 2);
  EXPECT_EQ(changes[0].recording_key, b.key);
  EXPECT_EQ(changes[0].kind, CatalogueChange::Kind::kAdded);
  EXPECT_EQ(changes[1].recording_key, a.key);
  EXPECT_EQ(changes[1].kind, CatalogueChange::Kind::kRemoved);
  EXPECT_EQ(changes[2].revision, 4);
}

TEST_F(RecordingsTest, LeaveAChainThatTellsHistoriesApart) {
  add(recording("a"));
  add(recording("b"));
  ASSERT_OK_AND(const auto changes, registry_->recordings().changes_since(0));
  ASSERT_EQ(changes.size(), 2U);
  EXPECT_NE(changes[0].chain, changes[1].chain);
  const auto chain_at = [](Registry& registry, std::int64_t revision) {
    return registry.recordings().chain_at(revision).value_or(std::nullopt).value_or("none");
  };
  EXPECT_EQ(chain_at(*registry_, 0), "");
  EXPECT_EQ(chain_at(*registry_, 2), changes[1].chain);
  EXPECT_EQ(chain_at(*registry_, 3), "none");

  const test::TempDir elsewhere;
  Registry::Options options;
  options.store = elsewhere.path();
  ASSERT_OK_AND(const auto other, Registry::open(options));
  ASSERT_OK(other->recordings().add(recording("c")));
  ASSERT_OK(other->recordings().add(recording("b")));
  EXPECT_NE(chain_at(*other, 2), changes[1].chain);
}

TEST_F(RecordingsTest, AreFoundByKeyContentAndIdentity) {
  const auto input = recording("song");
  const auto known = add(input);
  ASSERT_OK_AND(const auto by_content, registry_->recordings().find_by_content(input.content_hash));
  ASSERT_OK_AND(const auto by_identity, registry_->recordings().find_by_identity(input.identity));
  ASSERT_OK_AND(const auto by_key, registry_->recordings().find_by_key(known.key));
  ASSERT_TRUE(by_content && by_identity && by_key);
  EXPECT_EQ(by_content->id, known.id);
  EXPECT_EQ(by_identity->id, known.id);
  EXPECT_EQ(by_key->id, known.id);
  const std::int64_t keys[] = {known.key, 99, known.key};
  ASSERT_OK_AND(const auto all, registry_->recordings().find_all(keys));
  EXPECT_EQ(all.size(), 1U);
}

TEST_F(RecordingsTest, NotedAsDuplicatesAreKnownByTheirBytes) {
  const auto known = add(recording("song", "A"));
  const auto near = recording("song, remastered", "B");
  ASSERT_OK(registry_->recordings().note_duplicate(known.key, near));

  ASSERT_OK_AND(const auto found, registry_->recordings().find_by_content(near.content_hash));

  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, known.id);
}

TEST_F(RegistryTest, RulesAreOnePerOwnerAndAction) {
  const auto a = add(recording("a", "Label"));
  const auto b = add(recording("b", "Label"));
  const auto c = add(recording("c", "Other"));
  EXPECT_EQ(a.rule_id, b.rule_id);
  EXPECT_NE(a.rule_id, c.rule_id);
  ASSERT_OK_AND(const auto parties, registry_->parties().list());
  EXPECT_EQ(parties.size(), 2U);
  EXPECT_FAILS(registry_->parties().ensure(""), ErrorCode::kInvalidArgument);
  ASSERT_OK_AND(const auto label, registry_->parties().ensure("Label"));
  EXPECT_EQ(label.key, parties[0].key);
}

TEST_F(RegistryTest, KeepsItsName) {
  const auto uuid = registry_->store_uuid();
  EXPECT_EQ(uuid.size(), 36U);
  open();
  EXPECT_EQ(registry_->store_uuid(), uuid);
}

TEST_F(RegistryTest, VerifiesAHealthyStore) {
  add(recording("song"));
  ASSERT_OK(registry_->verify());
}

TEST(Registry, OpenedForReadingMustExist) {
  const test::TempDir folder;
  Registry::Options options;
  options.store = folder / "none";
  options.access = Registry::Options::Access::kReadOnly;
  EXPECT_FAILS(Registry::open(options), ErrorCode::kNotFound);
  options.store.clear();
  EXPECT_FAILS(Registry::open(options), ErrorCode::kInvalidArgument);
}

TEST(PolicyAction, IsParsedAndPrinted) {
  for (const auto action : {PolicyAction::kTrack, PolicyAction::kMonetize, PolicyAction::kBlock}) {
    EXPECT_EQ(parse_policy_action(to_string(action)), action);
  }
  const auto wrong = parse_policy_action("sell");
  EXPECT_FAILS(wrong, ErrorCode::kInvalidArgument);
  EXPECT_NE(wrong.error().message.find("track, monetize, block"), std::string::npos);
}

}  // namespace
}  // namespace earmark::registry
