#include "cli/recommend_options.h"

#include <CLI/CLI.hpp>

namespace earmark::cli {
namespace {

constexpr const char* kRecommend = R"(Example:
  earmark recommend similar rec_1f3b5c7d9e)";

constexpr const char* kSimilar =
    R"(Recordings that sound like one, by the fingerprints that are stored: needs no listener, so it works for
a recording that was registered a minute ago. Recordings with the same sound throughout are shown once,
as the one that was registered first.

Examples:
  earmark recommend similar rec_1f3b5c7d9e
  earmark recommend similar rec_1f3b5c7d9e --top 20 --diversity 0.3 --json

Exit codes: 0 done; 1 the store cannot be used, or there is no such recording; 2 usage.)";

constexpr const char* kEvaluate =
    R"(How well each method recommends: learns from the first part of a list (by time, or FILE against --test)
and ranks all items that a user had not taken. Recall and nDCG of the best 20 (--top), and the share of
items that were recommended to anybody.

The list has a line "user,item[,weight[,time]]" each (comma, tab or "::" between).

Examples:
  earmark recommend evaluate ratings.csv --least-weight 4
  earmark recommend evaluate train.csv --test test.csv --method ease --method ials

Exit codes: 0 done; 1 a file cannot be used; 2 usage; 4 some methods cannot learn from that.)";

constexpr const char* kFor =
    R"(Items for somebody who took some: learns from a list of who took what, and keeps nobody. Says of each item
which of those taken speak most for it (methods item-cosine and ease).

Example:
  earmark recommend for --data listens.csv episode-12 episode-40 --method ease

Exit codes: 0 done; 1 the list cannot be used, or an item is not in it; 2 usage.)";

const auto kMethodNames = {"popularity", "item-cosine", "user-cosine", "ease", "ials"};
constexpr std::size_t kMostShown = 10'000;

void add_data(CLI::App& command, RecommendDataOptions& options) {
  command
      .add_option("--method", options.methods, "popularity, item-cosine, user-cosine, ease, ials; repeatable")
      ->type_name("METHOD")
      ->check(CLI::IsMember(kMethodNames).description(""));
  command
      .add_option("--least-weight", options.least_weight, "Lines of less weight are left out (default: 0)")
      ->type_name("W");
  command.add_option("--top", options.top, "How many items (default: 20)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, kMostShown).description(""));
}

}  // namespace

void add_recommend_commands(CLI::App& app, RecommendValues& values, const AddCommand& add) {
  using What = RecommendDataOptions::What;
  CLI::App& recommend = *app.add_subcommand("recommend", "What to hear next");
  recommend.require_subcommand(1);
  recommend.footer(kRecommend);
  CLI::App& similar = add(recommend, "similar", "Recordings that sound alike", kSimilar);
  similar.add_option("RECORDING_ID", values.similar.recording_id, "As register printed it")
      ->required()
      ->type_name("");
  similar.add_option("--top", values.similar.top, "How many (default: 10)")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{1}, kMostShown).description(""));
  similar
      .add_option("--diversity", values.similar.diversity,
                  "0: the most similar; up to 0.9: such that differ more from each other")
      ->type_name("D")
      ->check(CLI::Range(0.0, 0.9).description(""));
  similar.callback([&values] { values.chosen = values.similar; });
  const auto choose = [&values](What what) {
    return [&values, what] {
      values.data.what = what;
      values.chosen = values.data;
    };
  };
  CLI::App& evaluate = add(recommend, "evaluate", "Compare methods on a list", kEvaluate);
  evaluate.add_option("FILE", values.data.file, "The list")->required()->type_name("");
  auto* test = evaluate.add_option("--test", values.data.test_file, "What came after")->type_name("FILE");
  evaluate.add_option("--share", values.data.share, "Share of the list, by time, that is learned from (0.8)")
      ->type_name("S")
      ->check(CLI::Range(0.05, 0.95).description(""))
      ->excludes(test);
  add_data(evaluate, values.data);
  evaluate.callback(choose(What::kEvaluate));
  CLI::App& items = add(recommend, "for", "Items for a history", kFor);
  items.add_option("ITEM", values.data.items, "What was taken")->required()->type_name("");
  items.add_option("--data", values.data.file, "The list to learn from")->required()->type_name("FILE");
  add_data(items, values.data);
  items.callback(choose(What::kFor));
}

}  // namespace earmark::cli
