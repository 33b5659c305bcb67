#include "audience/figures.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <tuple>
#include <unordered_map>

#include <fmt/format.h>

#include "audience/batch.h"
#include "audience/listener_keys.h"
#include "audience/sketch.h"
#include "core/hash.h"

namespace earmark::audience {
namespace {

using storage::Session;

/// What a user agent is reported as.
struct Program {
  std::string kind;
  std::string name;
  std::string device;
  friend auto operator<=>(const Program&, const Program&) = default;
};

/// The requests of one month, opened. Agents are merged over batches and judged once.
class Month {
 public:
  static Result<Month> open(AudienceStore& store, std::string_view epoch) {
    Month month(store);
    EARMARK_TRY(const auto keys, ListenerKeys::load(store.folder()));
    const auto found = keys.find(std::string(epoch));
    if (!found)
      return fail(ErrorCode::kRefused,
                  fmt::format("the key of {} is gone: its requests cannot be read any more", epoch));
    month.key_ = found->requests;
    EARMARK_TRY(month.batches_, store.database().read([&](Session& session) {
      return session.query<std::int64_t>("SELECT key FROM audience_batches WHERE epoch = :epoch ORDER BY key",
                                         {epoch});
    }));
    EARMARK_TRY(month.total_, store.database().read([&](Session& session) {
      return session.get<std::int64_t>(
          "SELECT coalesce(sum(requests), 0) FROM audience_batches WHERE epoch = :epoch", {epoch});
    }));
    EARMARK_TRY(auto lists, store.user_agents());
    month.lists_ = std::make_unique<UserAgents>(std::move(lists));
    EARMARK_TRY(const auto assets, store.assets());
    for (const Asset& asset : assets) {
      month.files_.resize(static_cast<std::size_t>(asset.key) + 1);
      month.files_.back() = {asset.media.bytes, asset.media.minute_end()};
    }
    return month;
  }

  /// The requests of a part of the addresses, sorted.
  Result<std::vector<Request>> part(std::uint64_t number, std::uint64_t of) {
    std::vector<Request> requests;
    requests.reserve(static_cast<std::size_t>(static_cast<std::uint64_t>(total_) / of));
    for (const std::int64_t key : batches_) {
      EARMARK_TRY(const auto sealed, store_->database().read([&](Session& session) {
        return session.get<Bytes>("SELECT sealed FROM audience_batches WHERE key = :key", {key});
      }));
      EARMARK_TRY(const auto bytes, unseal(key_, sealed));
      EARMARK_TRY(auto batch, decode_batch(bytes));
      std::vector<std::uint32_t> agents;
      for (const auto& agent : batch.agents) agents.push_back(agent_number(agent));
      for (Request& request : batch.requests) {
        if (request.asset >= files_.size())
          return fail(ErrorCode::kCorrupt, "a batch of requests with an unknown file");
        if (of > 1 && request.address % of != number) continue;
        request.agent = agents[request.agent];
        requests.push_back(request);
      }
    }
    sort(requests);
    return requests;
  }

  [[nodiscard]] std::uint64_t parts(std::size_t memory) const {
    const std::uint64_t bytes = static_cast<std::uint64_t>(total_) * sizeof(Request) * 2;
    return 1 + bytes / std::max<std::size_t>(memory, 1);
  }
  [[nodiscard]] CountInput input(std::span<const Request> requests) const {
    CountInput in;
    in.requests = requests;
    in.agents = agents_;
    in.files = files_;
    return in;
  }
  [[nodiscard]] std::uint64_t total() const { return static_cast<std::uint64_t>(total_); }
  [[nodiscard]] const std::vector<Program>& programs() const { return programs_; }
  [[nodiscard]] const std::string& lists_version() const { return lists_->version(); }

 private:
  explicit Month(AudienceStore& store) : store_(&store) {}

  std::uint32_t agent_number(const std::string& agent) {
    if (const auto at = agent_numbers_.find(agent); at != agent_numbers_.end()) return at->second;
    const AgentClass what = lists_->classify(agent);
    AgentFacts facts;
    const Sha256 digest = sha256(as_bytes(agent));
    std::memcpy(&facts.hash, digest.data(), sizeof facts.hash);
    if (is_watch_agent(agent)) {
      facts.drop = Drop::kWatch;
    } else if (what.is_bot) {
      facts.drop = Drop::kBot;
    }
    const Program program{std::string(to_string(what.kind)), what.name, what.device};
    const auto [at, is_new] = program_numbers_.emplace(program, static_cast<std::uint32_t>(programs_.size()));
    if (is_new) programs_.push_back(program);
    facts.program = at->second;
    agents_.push_back(facts);
    return agent_numbers_.emplace(agent, static_cast<std::uint32_t>(agents_.size() - 1)).first->second;
  }

  /// By address first: buckets of its top byte, then within them. Numbers of agents depend on the order of
  /// logs, but not what is counted: a visit is told apart by them, and ordered by time.
  static void sort(std::vector<Request>& requests) { std::sort(requests.begin(), requests.end()); }

  AudienceStore* store_;
  SealingKey key_{};
  std::vector<std::int64_t> batches_;
  std::int64_t total_ = 0;
  std::unique_ptr<UserAgents> lists_;
  std::vector<FileFacts> files_;
  std::vector<AgentFacts> agents_;
  std::unordered_map<std::string, std::uint32_t> agent_numbers_;
  std::vector<Program> programs_;
  std::map<Program, std::uint32_t> program_numbers_;
};

/// Figures of one file and day.
struct Tally {
  std::uint64_t downloads = 0;
  std::uint64_t bytes = 0;
  std::vector<std::uint64_t> listeners;

  void add(const Download& download) {
    ++downloads;
    bytes += download.bytes;
    listeners.push_back(download.listener);
  }
  /// How many are different.
  std::uint64_t settle() {
    std::sort(listeners.begin(), listeners.end());
    listeners.erase(std::unique(listeners.begin(), listeners.end()), listeners.end());
    return listeners.size();
  }
};

Status store_day(Session& session, std::string_view epoch, Window window, std::span<const Download> downloads,
                 const std::vector<Program>& programs) {
  const Download& first = downloads.front();
  Tally all;
  std::map<Program, Tally> of_program;
  for (const Download& download : downloads) {
    all.add(download);
    of_program[programs[download.program]].add(download);
  }
  const std::uint64_t listeners = all.settle();
  Sketch sketch;
  for (const std::uint64_t listener : all.listeners) sketch.add(listener);
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO audience_days (epoch, reckoned_by, day, asset_key, downloads, listeners, bytes, sketch)"
      " VALUES (:epoch, :window, :day, :asset, :downloads, :listeners, :bytes, :sketch)",
      {epoch, to_string(window), first.day, first.asset, all.downloads, listeners, all.bytes,
       sketch.encode()}));
  for (auto& [program, tally] : of_program) {
    EARMARK_TRY_STATUS(session.execute(
        "INSERT INTO audience_programs (epoch, reckoned_by, day, asset_key, kind, name, device, downloads,"
        " listeners) VALUES (:epoch, :window, :day, :asset, :kind, :name, :device, :downloads, :listeners)",
        {epoch, to_string(window), first.day, first.asset, program.kind, program.name, program.device,
         tally.downloads, tally.settle()}));
  }
  return {};
}

/// `downloads` are ordered by file and day.
Status store_window(Session& session, std::string_view epoch, Window window,
                    std::span<const Download> downloads, const std::vector<Program>& programs) {
  for (std::size_t at = 0; at < downloads.size();) {
    std::size_t end = at;
    const auto& from = downloads[at];
    while (end < downloads.size() && downloads[end].asset == from.asset && downloads[end].day == from.day)
      ++end;
    EARMARK_TRY_STATUS(store_day(session, epoch, window, downloads.subspan(at, end - at), programs));
    at = end;
  }
  return {};
}

Status clear_epoch(Session& session, std::string_view epoch) {
  EARMARK_TRY_STATUS(session.execute("DELETE FROM audience_days WHERE epoch = :epoch", {epoch}));
  EARMARK_TRY_STATUS(session.execute("DELETE FROM audience_programs WHERE epoch = :epoch", {epoch}));
  EARMARK_TRY_STATUS(
      session.execute("DELETE FROM audience_dropped WHERE epoch = :epoch AND stage = 'count'", {epoch}));
  return {};
}

}  // namespace

Result<EpochOutcome> recount(AudienceStore& store, std::string_view epoch, const RecountOptions& options) {
  EARMARK_TRY(auto month, Month::open(store, epoch));
  EpochOutcome outcome;
  outcome.epoch = epoch;
  outcome.requests = month.total();
  std::map<Window, std::vector<Download>> downloads;
  std::map<std::pair<std::uint32_t, Drop>, std::uint64_t> dropped;
  const std::uint64_t parts = month.parts(options.memory);
  for (std::uint64_t part = 0; part < parts; ++part) {
    EARMARK_TRY(const auto requests, month.part(part, parts));
    CountInput input = month.input(requests);
    input.volume_limit = options.volume_limit;
    for (const Window window : kWindows) {
      CountOutput counted = count(input, window);
      auto& all = downloads[window];
      all.insert(all.end(), counted.downloads.begin(), counted.downloads.end());
      if (window != Window::kCalendarDay) continue;
      outcome.undecided += counted.undecided;
      for (const auto& item : counted.dropped) dropped[{item.day, item.drop}] += item.requests;
    }
  }
  outcome.downloads = downloads[Window::kCalendarDay].size();
  for (auto& [window, all] : downloads) std::sort(all.begin(), all.end());
  EARMARK_TRY_STATUS(store.database().write([&](Session& session) -> Status {
    EARMARK_TRY_STATUS(clear_epoch(session, epoch));
    for (const auto& [window, all] : downloads)
      EARMARK_TRY_STATUS(store_window(session, epoch, window, all, month.programs()));
    for (const auto& [key, requests] : dropped) {
      EARMARK_TRY_STATUS(
          session.execute("INSERT INTO audience_dropped (epoch, stage, day, reason, requests)"
                          " VALUES (:epoch, 'count', :day, :reason, :requests)",
                          {epoch, key.first, to_string(key.second), requests}));
    }
    EARMARK_TRY_STATUS(session.execute(
        // An import may have added requests meanwhile.
        "UPDATE audience_epochs SET rules = :rules, lists = :lists, state = CASE WHEN :counted ="
        " (SELECT coalesce(sum(requests), 0) FROM audience_batches WHERE epoch = :same) THEN 'counted'"
        " ELSE 'stale' END WHERE epoch = :epoch",
        {kRulesVersion, month.lists_version(), month.total(), epoch, epoch}));
    return {};
  }));
  return outcome;
}

Result<std::vector<std::string>> stale_epochs(AudienceStore& store) {
  return store.database().read([](Session& session) {
    return session.query<std::string>(
        "SELECT epoch FROM audience_epochs WHERE state = 'stale' ORDER BY epoch");
  });
}

Result<std::vector<std::string>> all_epochs(AudienceStore& store) {
  return store.database().read([](Session& session) {
    return session.query<std::string>(
        "SELECT epoch FROM audience_epochs WHERE state <> 'erased' ORDER BY epoch");
  });
}

Status erase_epoch(AudienceStore& store, std::string_view epoch) {
  return store.database().write([&](Session& session) -> Status {
    EARMARK_TRY(auto keys, ListenerKeys::load(store.folder()));
    EARMARK_TRY_STATUS(keys.erase(std::string(epoch)));
    EARMARK_TRY_STATUS(session.execute("DELETE FROM audience_batches WHERE epoch = :epoch", {epoch}));
    EARMARK_TRY_STATUS(
        session.execute("UPDATE audience_epochs SET state = 'erased' WHERE epoch = :epoch", {epoch}));
    return keys.save();  // first of all: whatever becomes of the transaction, the key is gone
  });
}

Result<DeliveryAnswer> deliveries(AudienceStore& store, const DeliveryQuery& query,
                                  const RecountOptions& options) {
  DeliveryAnswer answer;
  EARMARK_TRY(const auto epochs, all_epochs(store));
  const auto wanted = [&](std::uint32_t day) { return day >= query.from_day && day <= query.to_day; };
  std::vector<std::uint32_t> assets;
  for (const Stretch& stretch : query.stretches) assets.push_back(stretch.asset);
  for (const auto& epoch : epochs) {
    EARMARK_TRY(const auto span, span_of_epoch(epoch));
    if (span.first / kDaySeconds > query.to_day || (span.second - 1) / kDaySeconds < query.from_day) continue;
    EARMARK_TRY(auto month, Month::open(store, epoch));
    const std::uint64_t parts = month.parts(options.memory);
    for (std::uint64_t part = 0; part < parts; ++part) {
      EARMARK_TRY(const auto requests, month.part(part, parts));
      CountInput input = month.input(requests);
      input.volume_limit = options.volume_limit;
      input.stretches = query.stretches;
      const CountOutput counted = count(input, Window::kCalendarDay);
      for (const Download& download : counted.downloads) {
        if (wanted(download.day) && std::find(assets.begin(), assets.end(), download.asset) != assets.end())
          answer.downloads.push_back(download);
      }
      for (const Delivery& delivery : counted.deliveries) {
        if (wanted(delivery.day)) answer.deliveries.push_back(delivery);
      }
    }
  }
  return answer;
}

}  // namespace earmark::audience
