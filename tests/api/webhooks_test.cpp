#include "api/webhooks.h"

#include <gtest/gtest.h>

#include "registry/registry.h"
#include "tests/api/fixture.h"

namespace earmark::api {
namespace {

// Source: the specification's example secret and message; the signature was computed with Python's hmac.
TEST(SignWebhook, IsWhatOthersCompute) {
  EXPECT_EQ(sign_webhook("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
                         R"({"test": 2432232314})")
                .value(),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  EXPECT_FAILS(sign_webhook("secret", "m", 1, "x"), ErrorCode::kInvalidArgument);
  EXPECT_NE(new_webhook_secret(), new_webhook_secret());
}

struct Fixture : StoreFixture {
  Webhooks hooks{*store};
  Caller caller{"key_x", Role::kHolder, store->party_key("Label").value(), "Label"};
  Webhook hook = hooks.create(caller, "https://example.com/hook", "*").value();
};

TEST(Webhooks, TryLaterAndLaterThenGiveUp) {
  Fixture fixture;
  ASSERT_OK(fixture.hooks.send_test(fixture.hook));
  int attempts = 0;
  std::chrono::milliseconds waited{0};
  while (attempts < 20) {
    ASSERT_OK_AND(const auto due, fixture.hooks.due(10));
    if (due.empty()) {
      ASSERT_OK_AND(const auto messages, fixture.hooks.messages(fixture.hook, {}));
      if (messages[0].state != "pending") break;
      const auto wait = messages[0].next_at - fixture.clock.now();
      waited += wait;
      fixture.clock.advance(wait);
      continue;
    }
    ++attempts;
    ASSERT_OK(fixture.hooks.note(due[0], {503, ""}));
  }
  ASSERT_OK_AND(const auto messages, fixture.hooks.messages(fixture.hook, {}));
  EXPECT_EQ(messages[0].state, "failed");
  EXPECT_EQ(attempts, 9);
  EXPECT_GT(waited, std::chrono::hours(24));
  ASSERT_OK(fixture.hooks.replay(fixture.hook, messages[0].id));
  ASSERT_OK_AND(const auto again, fixture.hooks.due(10));
  EXPECT_EQ(again.size(), 1U);
}

TEST(Webhooks, WaitAsLongAsTheyAreAskedTo) {
  Fixture fixture;
  ASSERT_OK(fixture.hooks.send_test(fixture.hook));
  ASSERT_OK_AND(const auto due, fixture.hooks.due(10));
  ASSERT_OK(fixture.hooks.note(due[0], {429, "", std::chrono::seconds(7200)}));
  fixture.clock.advance(std::chrono::seconds(7199));
  EXPECT_TRUE(fixture.hooks.due(10).value().empty());
  fixture.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(fixture.hooks.due(10).value().size(), 1U);
}

TEST(Webhooks, EndWith410) {
  Fixture fixture;
  ASSERT_OK(fixture.hooks.send_test(fixture.hook));
  ASSERT_OK_AND(const auto due, fixture.hooks.due(10));
  ASSERT_OK(fixture.hooks.note(due[0], {410, ""}));
  EXPECT_EQ(fixture.hooks.find(fixture.caller, fixture.hook.id).value()->state, "disabled");
}

TEST(Webhooks, TellOfWhatComesAndNotOfWhatWas) {
  Fixture fixture;
  registry::Registry::Options options;
  options.store = fixture.folder / "store";
  ASSERT_OK_AND(const auto registry, registry::Registry::open(options));
  const auto add = [&](const char* name) {
    registry::NewRecording recording;
    recording.identity = sha256(as_bytes(std::string_view(name)));
    recording.content_hash = recording.identity;
    recording.owner = "Label";
    recording.source = name;
    recording.fingerprint = Bytes(10);
    return registry->recordings().add(recording);
  };
  ASSERT_OK(add("before"));
  ASSERT_OK(fixture.hooks.collect());
  EXPECT_TRUE(fixture.hooks.due(10).value().empty());

  ASSERT_OK(add("after"));
  ASSERT_OK(fixture.hooks.collect());
  ASSERT_OK(fixture.hooks.collect());

  ASSERT_OK_AND(const auto due, fixture.hooks.due(10));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].message.type, "recording.registered");
}

}  // namespace
}  // namespace earmark::api
