#include "tests/storage/test_address.h"

#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

#include "core/check.h"
#include "storage/session.h"

namespace earmark::test {
namespace {

const char* server_url() { return std::getenv("EARMARK_TEST_POSTGRESQL"); }

}  // namespace

bool on_postgresql() { return server_url() != nullptr; }

storage::Address new_address(const std::filesystem::path& folder, std::string_view file) {
  using storage::Address;
  using storage::Session;
  if (!on_postgresql()) return {folder / file};
  static int made = 0;
  const auto schema = fmt::format("t{}_{}", ::getpid(), ++made);
  auto session = Session::open(Address::of_url(server_url()).value(), Session::Mode::kReadWrite);
  EARMARK_CHECK(session && session->execute("CREATE SCHEMA " + schema), "no schema can be made");
  return Address::of_url(fmt::format("{}&options=-csearch_path%3D{}", server_url(), schema)).value();
}

}  // namespace earmark::test
