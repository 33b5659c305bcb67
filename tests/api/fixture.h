#pragma once
#include <gtest/gtest.h>

#include "api/service_store.h"
#include "registry/place.h"
#include "tests/storage/test_address.h"
#include "tests/support/result_matchers.h"
#include "tests/support/temp_dir.h"

namespace earmark::api {

/// A clock that stands until it is moved.
class HandClock final : public Clock {
 public:
  Timestamp now() const override { return now_; }
  void advance(std::chrono::milliseconds by) { now_ += by; }

 private:
  Timestamp now_{std::chrono::milliseconds(1'700'000'000'000)};
};

/// A store in a folder of its own; its tables are on the PostgreSQL server where the tests have one.
struct StoreFixture {
  StoreFixture() {
    if (test::on_postgresql()) {
      const auto address = test::new_address(folder.path(), registry::kDatabaseFile);
      EXPECT_TRUE(registry::bind_folder(folder / "store", address));
    }
    store = ServiceStore::open(folder / "store", clock).value();
  }

  test::TempDir folder;
  HandClock clock;
  std::unique_ptr<ServiceStore> store;
};

}  // namespace earmark::api
