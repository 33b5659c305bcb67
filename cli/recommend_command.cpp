#include <algorithm>
#include <chrono>
#include <unordered_map>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/open_store.h"
#include "cli/table.h"
#include "core/file.h"
#include "core/text.h"
#include "recsys/evaluation.h"
#include "recsys/similar_sound.h"

namespace earmark::cli {
namespace {

using Align = Table::Align;
using recsys::Interactions;
using recsys::ItemIndex;

constexpr std::uint64_t kMostListBytes = std::uint64_t{2} << 30U;

Result<std::vector<recsys::Interaction>> load_list(const std::string& file) {
  EARMARK_TRY(const auto bytes, read_file(file, kMostListBytes));
  auto list = recsys::parse_interactions(as_text(bytes));
  if (!list) return fail(list.error().with_context(file));
  return std::move(*list);
}

/// The rows of a test list, by the users and items of the training one; others are left out.
recsys::Rows test_rows(const Interactions& train, const std::vector<recsys::Interaction>& list,
                       double least) {
  std::unordered_map<std::string, ItemIndex> users;
  std::unordered_map<std::string, ItemIndex> items;
  for (ItemIndex i = 0; i < train.users.size(); ++i) users.emplace(train.users[i], i);
  for (ItemIndex i = 0; i < train.items.size(); ++i) items.emplace(train.items[i], i);
  std::vector<std::vector<ItemIndex>> rows(train.users.size());
  for (const auto& one : list) {
    const auto user = users.find(one.user);
    const auto item = items.find(one.item);
    if (one.weight >= least && user != users.end() && item != items.end())
      rows[user->second].push_back(item->second);
  }
  recsys::Rows out;
  for (auto& row : rows) out.add(std::move(row));
  return out;
}

Result<recsys::TimeSplit> load_split(const RecommendDataOptions& options) {
  EARMARK_TRY(const auto list, load_list(options.file));
  recsys::TimeSplit split;
  if (options.test_file.empty()) {
    split = recsys::split_by_time(list, options.least_weight, options.share);
  } else {
    EARMARK_TRY(const auto test, load_list(options.test_file));
    split.train = recsys::to_matrix(list, options.least_weight);
    split.test = test_rows(split.train, test, options.least_weight);
  }
  if (split.train.users.empty() || split.test.entries() == 0)
    return fail(ErrorCode::kInvalidArgument,
                options.file + ": nothing to learn from, or nothing to test on, is left (weights? times?)");
  return split;
}

Exit evaluate(const Common& common, const RecommendDataOptions& options, Console& console) {
  const auto split = load_split(options);
  if (!split) return failed(console, split.error());
  std::vector<std::string> methods = options.methods;
  if (methods.empty()) methods.assign(recsys::methods().begin(), recsys::methods().end());
  Table table({Align::kLeft, Align::kRight, Align::kRight, Align::kRight, Align::kRight});
  table.add({"method", fmt::format("recall@{}", options.top), fmt::format("nDCG@{}", options.top),
             "of all items", "learned in"});
  Exit exit = Exit::kDone;
  for (const auto& method : methods) {
    console.activity("learn " + method);
    const auto begin = std::chrono::steady_clock::now();
    const auto model = recsys::train(method, split->train, common.threads);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (!model) {
      console.note(LogLevel::kError, model.error().message);
      exit = Exit::kSomeFailed;
      continue;
    }
    const auto scores = recsys::evaluate(**model, split->train.rows, split->test, split->train.items.size(),
                                         options.top, common.threads);
    if (console.is_json()) {
      console.result({{"method", method},
                      {"k", options.top},
                      {"users", scores.users},
                      {"recall", scores.recall},
                      {"ndcg", scores.ndcg},
                      {"coverage", scores.coverage},
                      {"train_s", seconds}});
    } else {
      table.add({method, fmt::format("{:.4f}", scores.recall), fmt::format("{:.4f}", scores.ndcg),
                 percent(scores.coverage), fmt::format("{:.1f} s", seconds)});
    }
  }
  if (!console.is_json()) {
    for (const auto& line : table.lines("")) console.line(line);
  }
  return exit;
}

/// The item of the history that alone gives `item` the highest score.
std::string reason(const recsys::Recommender& model, const Interactions& data,
                   const std::vector<ItemIndex>& history, ItemIndex item) {
  std::string best;
  float most = 0.0F;
  for (const ItemIndex taken : history) {
    const std::vector<ItemIndex> alone = {taken};
    const float score = model.scores(alone)[item];
    if (score > most) {
      most = score;
      best = data.items[taken];
    }
  }
  return best;
}

Exit recommend_for(const Common& common, const RecommendDataOptions& options, Console& console) {
  const auto list = load_list(options.file);
  if (!list) return failed(console, list.error());
  const Interactions data = recsys::to_matrix(*list, options.least_weight);
  std::vector<ItemIndex> history;
  for (const auto& name : options.items) {
    const auto at = std::find(data.items.begin(), data.items.end(), name);
    if (at == data.items.end())
      return failed(console, {ErrorCode::kNotFound, options.file + ": nobody took '" + name + "'"});
    history.push_back(static_cast<ItemIndex>(at - data.items.begin()));
  }
  std::sort(history.begin(), history.end());
  const std::string method = options.methods.empty() ? "item-cosine" : options.methods.front();
  const auto model = recsys::train(method, data, common.threads);
  if (!model) return failed(console, model.error());
  const auto scores = (*model)->scores(history);
  const bool explains = method == "item-cosine" || method == "ease";
  for (const ItemIndex item : recsys::best(scores, history, options.top)) {
    const std::string why = explains ? reason(**model, data, history, item) : std::string();
    if (console.is_json()) {
      console.result({{"item", data.items[item]},
                      {"score", scores[item]},
                      {"method", method},
                      {"because_of", why.empty() ? Json(nullptr) : Json(why)}});
    } else {
      console.line(printable(data.items[item]) + (why.empty() ? "" : "  because of " + printable(why)));
    }
  }
  return Exit::kDone;
}

}  // namespace

Exit run(const Common& common, const RecommendSimilarOptions& options, Console& console) {
  const auto registry = open_registry(common);
  if (!registry) return failed(console, registry.error());
  const auto sounds = recsys::load_sounds(**registry);
  if (!sounds) return failed(console, sounds.error());
  const auto asked = std::find_if(sounds->begin(), sounds->end(), [&](const recsys::Sound& sound) {
    return sound.id == options.recording_id;
  });
  if (asked == sounds->end())
    return failed(console,
                  {ErrorCode::kNotFound, options.recording_id + ": no registered recording of that id"});
  recsys::SimilarOptions how;
  how.count = options.top;
  how.diversity = options.diversity;
  for (const auto& found :
       recsys::similar_sound(*sounds, static_cast<std::size_t>(asked - sounds->begin()), how)) {
    const recsys::Sound& sound = (*sounds)[found.index];
    Json same = Json::array();
    for (const std::size_t other : found.same) same.push_back((*sounds)[other].id);
    if (console.is_json()) {
      console.result({{"recording_id", sound.id},
                      {"title", sound.title},
                      {"owner", sound.owner},
                      {"similarity", found.similarity},
                      {"same_sound", std::move(same)},
                      {"why", "sounds alike: cosine of the fingerprints' points"}});
    } else {
      console.line(fmt::format(
          "{:.3f}  {}  {} ({}){}", found.similarity, sound.id, printable(sound.title), printable(sound.owner),
          found.same.empty() ? "" : fmt::format(", and {} of the same sound", found.same.size())));
    }
  }
  return Exit::kDone;
}

Exit run(const Common& common, const RecommendDataOptions& options, Console& console) {
  return options.what == RecommendDataOptions::What::kEvaluate ? evaluate(common, options, console)
                                                               : recommend_for(common, options, console);
}

}  // namespace earmark::cli
