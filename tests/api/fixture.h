#pragma once
#include "api/service_store.h"
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

/// A store in a folder of its own.
struct StoreFixture {
  test::TempDir folder;
  HandClock clock;
  std::unique_ptr<ServiceStore> store = ServiceStore::open(folder / "store", clock).value();
};

}  // namespace earmark::api
