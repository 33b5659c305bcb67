#include "audience/importer.h"

#include <algorithm>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "audience/address_table.h"
#include "audience/batch.h"
#include "audience/listener_keys.h"
#include "audience/log_position.h"
#include "audience/log_reader.h"

namespace earmark::audience {
namespace {

using storage::Session;

constexpr std::size_t kMostRequests = 250'000;  // of a step
constexpr std::uint64_t kMostLines = 2'000'000;
constexpr std::size_t kMostCached = 1'000'000;  // entries of a cache before it is emptied
constexpr std::uint32_t kNoAsset = ~std::uint32_t{0};
constexpr std::int64_t kSafeLife = std::int64_t{90} * 86'400;
constexpr std::int64_t kFirstTime = 946'684'800;   // 2000-01-01
constexpr std::int64_t kLastTime = 4'102'444'800;  // 2100-01-01

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};
template <class T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

/// One import: keeps what is between two steps.
class Importer {
 public:
  Importer(AudienceStore& store, const std::filesystem::path& log, const ImportOptions& options)
      : store_(store), log_(log), options_(options) {}

  Result<ImportOutcome> run() {
    EARMARK_TRY(auto reader, LogReader::open(log_));
    EARMARK_TRY(const auto head, reader.head());
    head_ = head;
    out_.format =
        options_.format.value_or(guess_log_format(std::string_view(head_).substr(0, head_.find('\n'))));
    EARMARK_TRY(known_, find_position(store_, log_, head_));
    EARMARK_TRY_STATUS(load_assets());
    if (known_.read_bytes > 0) {
      EARMARK_TRY_STATUS(reader.skip_to(static_cast<std::uint64_t>(known_.read_bytes)));
      tail_ = reader.tail();
    }
    out_.read_before = static_cast<std::uint64_t>(known_.read_bytes);
    EARMARK_TRY_STATUS(read(reader));
    out_.unfinished = reader.unfinished();
    return std::move(out_);
  }

 private:
  Status load_assets() {
    EARMARK_TRY_STATUS(store_.take_over_feeds());
    EARMARK_TRY(const auto assets, store_.assets());
    for (const Asset& asset : assets) assets_.emplace(asset.path, static_cast<std::uint32_t>(asset.key));
    return {};
  }

  Status read(LogReader& reader) {
    LogParser parser(out_.format);
    LogLine line;
    if (known_.read_bytes > 0) prime(parser);
    for (;;) {
      EARMARK_TRY(const auto text, reader.next());
      if (!text) break;
      remember(*text);
      ++out_.lines;
      ++lines_since_;
      switch (parser.parse(*text, line)) {
        case LogParser::Outcome::kRequest: EARMARK_TRY_STATUS(take(line)); break;
        case LogParser::Outcome::kMalformed: drop(Drop::kMalformed, kFirstTime); break;
        case LogParser::Outcome::kNothing: break;
      }
      if (kept_since_ >= kMostRequests || lines_since_ >= kMostLines) {
        EARMARK_TRY_STATUS(commit(reader.position()));
        out_.stopped = options_.stop && options_.stop();
        if (out_.stopped) return {};
      }
    }
    return lines_since_ > 0 ? commit(reader.position()) : Status{};
  }

  /// Directives at the head say what the fields of later lines are.
  void prime(LogParser& parser) const {
    LogLine ignored;
    for (std::string_view rest = head_; rest.starts_with('#');) {
      const auto end = rest.find('\n');
      if (end == std::string_view::npos) return;
      static_cast<void>(parser.parse(rest.substr(0, end), ignored));
      rest.remove_prefix(end + 1);
    }
  }

  /// Keeps the last bytes that were read: they are how this place is known again.
  void remember(std::string_view line) {
    constexpr std::size_t kTail = 4096;
    if (line.size() + 1 >= kTail) {
      tail_.assign(line.substr(line.size() + 1 - kTail));
    } else {
      if (tail_.size() > 8 * kTail) tail_.erase(0, tail_.size() - kTail);
      tail_.append(line);
    }
    tail_ += '\n';
  }

  void drop(Drop reason, std::int64_t time_s) {
    ++out_.dropped[static_cast<std::size_t>(reason)];
    ++dropped_since_[{time_s / 86'400, static_cast<std::uint8_t>(reason)}];
  }

  Status take(const LogLine& line) {
    if (line.time_s < kFirstTime || line.time_s >= kLastTime) {
      drop(Drop::kMalformed, kFirstTime);
      return {};
    }
    const Transfer transfer = transfer_of(line);
    if (transfer.drop) {
      drop(*transfer.drop, line.time_s);
      return {};
    }
    const std::uint32_t asset = asset_of(line.target);
    if (asset == kNoAsset) {
      drop(Drop::kNotEpisode, line.time_s);
      return {};
    }
    EARMARK_TRY_STATUS(enter_month(line.time_s));
    if (!keys_) {
      drop(Drop::kErased, line.time_s);
      return {};
    }
    const auto address = parse_address(line.address);
    if (!address) {
      drop(Drop::kMalformed, line.time_s);
      return {};
    }
    const AddressTable::Entry& from = known_address(*address);
    if (from.left_out) {
      drop(Drop::kNetwork, line.time_s);
      return {};
    }
    Request request;
    request.address = from.id;
    request.agent = agent_of(line.agent);
    request.asset = asset;
    request.time_s = static_cast<std::uint32_t>(line.time_s);
    request.flags = transfer.flags;
    if (options_.let_pass != nullptr && options_.let_pass->contains(*address, line.time_s, kSafeLife))
      request.flags |= Request::kSafe;
    request.start = transfer.start;
    request.bytes = transfer.bytes;
    if (transfer.size > 0) sizes_[asset] = transfer.size;
    batch_->requests.push_back(request);
    ++kept_since_;
    return {};
  }

  /// Makes the month of a time the present one: its keys, its batch.
  Status enter_month(std::int64_t time_s) {
    if (time_s >= month_from_ && time_s < month_to_) return {};
    const std::string epoch = epoch_of(time_s);
    if (epoch != epoch_) addresses_.clear();  // ids are of a month
    epoch_ = epoch;
    EARMARK_TRY(const auto span, span_of_epoch(epoch_));
    month_from_ = span.first;
    month_to_ = span.second;
    agents_.clear();
    EARMARK_TRY(keys_, store_.database().write([&](Session&) -> Result<std::optional<EpochKeys>> {
      // The write lock keeps two imports from making two keys for one month.
      EARMARK_TRY(auto keys, ListenerKeys::load(store_.folder()));
      if (keys.was_erased(epoch_)) return std::optional<EpochKeys>();
      if (!keys.find(epoch_)) {
        EARMARK_TRY_STATUS(keys.make(epoch_));
        EARMARK_TRY_STATUS(keys.save());
      }
      return keys.find(epoch_);
    }));
    if (keys_) {
      Step& step = steps_[epoch_];
      step.keys = *keys_;
      batch_ = &step.batch;
      for (std::uint32_t i = 0; i < batch_->agents.size(); ++i) agents_.emplace(batch_->agents[i], i);
    }
    return {};
  }

  const AddressTable::Entry& known_address(const Address& address) {
    AddressTable::Entry& entry = addresses_[address];
    if (!entry.used) {
      entry.id = listener_id(*keys_, address);
      entry.left_out = options_.left_out != nullptr && options_.left_out->contains(address);
      entry.used = true;
    }
    return entry;
  }

  std::uint32_t agent_of(std::string_view text) {
    if (const auto at = agents_.find(text); at != agents_.end()) return at->second;
    const auto index = static_cast<std::uint32_t>(batch_->agents.size());
    batch_->agents.emplace_back(text);
    agents_.emplace(std::string(text), index);
    return index;
  }

  std::uint32_t asset_of(std::string_view target) {
    const std::string_view key = target.substr(0, target.find('?'));
    if (const auto at = targets_.find(key); at != targets_.end()) return at->second;
    if (targets_.size() >= kMostCached) targets_.clear();
    const std::string path = path_of(key);
    std::uint32_t asset = kNoAsset;
    if (const auto at = assets_.find(path); at != assets_.end()) {
      asset = at->second;
    } else if (is_audio_path(path)) {
      asset = kFirstNew + static_cast<std::uint32_t>(new_paths_.size());
      new_paths_.push_back(path);
      assets_.emplace(path, asset);
    }
    targets_.emplace(std::string(key), asset);
    return asset;
  }

  struct Step {
    EpochKeys keys;
    Batch batch;
  };

  /// Gives the assets that were met for the first time their keys.
  Status name_assets(Session& session) {
    if (new_paths_.empty()) return {};
    std::vector<std::uint32_t> keys;
    for (const auto& path : new_paths_) {
      EARMARK_TRY(const auto key, ensure_asset(session, path));
      keys.push_back(static_cast<std::uint32_t>(key));
    }
    const auto real = [&](std::uint32_t asset) {
      return asset >= kFirstNew && asset != kNoAsset ? keys[asset - kFirstNew] : asset;
    };
    for (auto& [epoch, step] : steps_) {
      for (Request& request : step.batch.requests) request.asset = real(request.asset);
    }
    for (auto& [path, asset] : assets_) asset = real(asset);
    for (auto& [target, asset] : targets_) asset = real(asset);
    std::map<std::uint32_t, std::uint64_t> sizes;
    for (const auto& [asset, size] : sizes_) sizes[real(asset)] = size;
    sizes_ = std::move(sizes);
    new_paths_.clear();
    return {};
  }

  Status store_import(Session& session, std::uint64_t position) {
    const std::string tail =
        text_digest(std::string_view(tail_).substr(tail_.size() - std::min<std::size_t>(tail_.size(), 4096)));
    if (known_.key == 0) {
      const auto head_bytes = std::min<std::uint64_t>(head_.size(), position);
      const std::string head = text_digest(std::string_view(head_).substr(0, head_bytes));
      EARMARK_TRY(const auto others,
                  session.get<std::int64_t>("SELECT count(*) FROM audience_imports WHERE head_sha256 = :head"
                                            " AND key > :newest AND name <> '-'",
                                            {head, known_.newest_import}));
      if (others > 0) return another_reads_it();
      EARMARK_TRY(
          known_.key,
          session.get<std::int64_t>(
              "INSERT INTO audience_imports (name, format, head_bytes, head_sha256, tail_sha256,"
              " read_bytes, lines, kept, imported_at) VALUES (:name, :format, :head, :sha, '', 0, 0, 0,"
              " :now) RETURNING key",
              {log_ == "-" ? std::string("-") : log_.filename().string(), to_string(out_.format), head_bytes,
               head, store_.now()}));
    }
    EARMARK_TRY(const auto changed,
                session.execute(
                    "UPDATE audience_imports SET tail_sha256 = :tail, read_bytes = :read,"
                    " lines = lines + :lines, kept = kept + :kept WHERE key = :key AND read_bytes = :before",
                    {tail, position, lines_since_, kept_since_, known_.key, known_.read_bytes}));
    if (changed != 1) return another_reads_it();
    known_.read_bytes = static_cast<std::int64_t>(position);
    return {};
  }

  [[nodiscard]] Status another_reads_it() const {
    return fail(ErrorCode::kConflict,
                log_.string() + ": another process reads this log at this moment: try again when it is done");
  }

  Status store_facts(Session& session) {
    for (auto& [epoch, step] : steps_) {
      if (step.batch.requests.empty()) continue;
      EARMARK_TRY_STATUS(
          session.execute("INSERT INTO audience_batches (import_key, epoch, requests, sealed)"
                          " VALUES (:import, :epoch, :requests, :sealed)",
                          {known_.key, epoch, step.batch.requests.size(),
                           seal(step.keys.requests, encode_batch(step.batch))}));
      EARMARK_TRY_STATUS(
          session.execute("INSERT INTO audience_epochs (epoch, state, rules, lists)"
                          " VALUES (:epoch, 'stale', '', '') ON CONFLICT (epoch) DO UPDATE"
                          " SET state = 'stale'",
                          {epoch}));
      out_.epochs.insert(epoch);
    }
    for (const auto& [key, requests] : dropped_since_) {
      EARMARK_TRY_STATUS(session.execute(
          "INSERT INTO audience_dropped (epoch, stage, day, reason, requests)"
          " VALUES (:epoch, 'import', :day, :reason, :requests) ON CONFLICT (stage, day, reason)"
          " DO UPDATE SET requests = audience_dropped.requests + excluded.requests",
          {epoch_of(key.first * 86'400), key.first, to_string(static_cast<Drop>(key.second)), requests}));
    }
    for (const auto& [asset, size] : sizes_) {
      EARMARK_TRY_STATUS(
          session.execute("UPDATE audience_assets SET bytes = :size, known_by = 'log'"
                          " WHERE key = :key AND known_by = ''",
                          {size, asset}));
    }
    return {};
  }

  Status commit(std::uint64_t position) {
    EARMARK_TRY_STATUS(store_.database().write([&](Session& session) -> Status {
      EARMARK_TRY_STATUS(name_assets(session));
      EARMARK_TRY_STATUS(store_import(session, position));
      return store_facts(session);
    }));
    out_.kept += kept_since_;
    if (options_.progress) options_.progress(lines_since_);
    lines_since_ = kept_since_ = 0;
    dropped_since_.clear();
    sizes_.clear();
    steps_.clear();
    month_from_ = month_to_ = 0;  // enter the month anew: its batch is gone
    return {};
  }

  static constexpr std::uint32_t kFirstNew = std::uint32_t{1} << 31U;

  AudienceStore& store_;
  const std::filesystem::path& log_;
  const ImportOptions& options_;
  ImportOutcome out_;
  std::string head_;
  std::string tail_;
  LogPosition known_;
  TextMap<std::uint32_t> assets_;   ///< by path
  TextMap<std::uint32_t> targets_;  ///< by what logs say
  std::vector<std::string> new_paths_;
  std::map<std::uint32_t, std::uint64_t> sizes_;
  // The present month.
  std::string epoch_;
  std::int64_t month_from_ = 0;
  std::int64_t month_to_ = 0;
  std::optional<EpochKeys> keys_;
  Batch* batch_ = nullptr;
  AddressTable addresses_;
  TextMap<std::uint32_t> agents_;
  // Since the last step.
  std::map<std::string, Step> steps_;  ///< by month
  std::map<std::pair<std::int64_t, std::uint8_t>, std::uint64_t> dropped_since_;
  std::uint64_t lines_since_ = 0;
  std::uint64_t kept_since_ = 0;
};

}  // namespace

Result<ImportOutcome> import_log(AudienceStore& store, const std::filesystem::path& log,
                                 const ImportOptions& options) {
  return Importer(store, log, options).run();
}

}  // namespace earmark::audience
