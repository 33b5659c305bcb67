// Makes a store for the benchmark `money`: money_scale STORE LISTENS.csv USES LISTENS
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>

#include "bench/money_store.h"

namespace earmark::bench {
namespace {

int run(int argc, char** argv) {
  constexpr int kWords = 5;
  if (argc != kWords) {
    std::fputs("money_scale STORE LISTENS.csv USES LISTENS\n", stderr);
    return 2;
  }
  MoneyScale scale;
  scale.uses = std::atoll(argv[3]);
  scale.listens = std::atoll(argv[4]);
  const auto say = [](std::int64_t episodes) { fmt::print(stderr, "{} episodes\n", episodes); };
  for (const Status& done : {fill(argv[1], scale, say), write_listens(argv[2], scale)}) {
    if (done) continue;
    fmt::print(stderr, "money_scale: {}\n", done.error().message);
    return 1;
  }
  return 0;
}

}  // namespace
}  // namespace earmark::bench

int main(int argc, char** argv) { return earmark::bench::run(argc, argv); }
