#pragma once
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "registry/ids.h"
#include "registry/registry.h"
#include "tests/storage/test_address.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::registry {

/// A clock that stands where it was put.
class StillClock : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Timestamp now_{std::chrono::milliseconds(1'700'000'000'000)};
};

/// A recording whose audio, and whose file, is told apart by `name`.
inline NewRecording recording(const std::string& name, const std::string& owner = "") {
  NewRecording input;
  input.identity = digest_of({"identity", name});
  input.content_hash = digest_of({"content", name});
  input.owner = owner;
  input.title = "Title of " + name;
  input.source = name + ".flac";
  input.action = PolicyAction::kMonetize;
  input.duration_ms = 180'000;
  const auto bytes = as_bytes(name);
  input.fingerprint.assign(bytes.begin(), bytes.end());
  return input;
}

class RegistryTest : public testing::Test {
 protected:
  void SetUp() override {
    if (test::on_postgresql()) {
      ASSERT_OK(bind_folder(folder_ / "store", test::new_address(folder_.path(), kDatabaseFile)));
    }
    open();
  }
  void open() {
    registry_.reset();
    Registry::Options options;
    options.store = folder_ / "store";
    options.clock = &clock_;
    auto opened = Registry::open(options);
    ASSERT_TRUE(opened) << opened.error().message;
    registry_ = std::move(*opened);
  }
  Recording add(const NewRecording& input) {
    auto outcome = registry_->recordings().add(input);
    EXPECT_TRUE(outcome) << outcome.error().message;
    return outcome ? outcome->recording : Recording();
  }

  test::TempDir folder_;
  StillClock clock_;
  std::unique_ptr<Registry> registry_;
};

}  // namespace earmark::registry
