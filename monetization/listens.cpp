#include "monetization/listens.h"

#include <algorithm>
#include <limits>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "core/bytes.h"
#include "core/csv.h"
#include "monetization/csv.h"
#include "monetization/dates.h"
#include "registry/ids.h"
#include "storage/session.h"

namespace earmark::monetization {
namespace {

constexpr std::int64_t kMostListensInRow = 1'000'000'000;
constexpr std::int64_t kLatestMs = std::numeric_limits<std::uint32_t>::max();

std::string place_name(const Listens& listens) {
  return fmt::format("{}\n{}\n{}", listens.feed, listens.guid, listens.day.time_since_epoch().count());
}

Result<Listens> listens_of(const CsvHeader& header, const std::vector<std::string>& fields) {
  Listens row;
  row.feed = header.field(fields, "feed");
  row.guid = header.field(fields, "guid");
  EARMARK_TRY(row.day, parse_day(header.field(fields, "day")));
  const auto territory = header.field(fields, "territory");
  row.territory = territory.empty() ? registry::kElsewhere : territory;
  const auto number = [&](std::string_view column, std::int64_t otherwise) -> Result<std::int64_t> {
    const auto text = header.field(fields, column);
    if (text.empty()) return otherwise;
    const auto value = whole_number(text);
    if (!value)
      return fail(ErrorCode::kInvalidArgument, fmt::format("{} '{}': must be a whole number", column, text));
    return *value;
  };
  EARMARK_TRY(row.start_ms, number("start_ms", 0));
  EARMARK_TRY(row.end_ms, number("end_ms", kLatestMs));
  EARMARK_TRY(row.listens, number("listens", 1));
  return row;
}

struct HeardRow {
  Bytes spells;
};
void map_columns(storage::Columns& columns, HeardRow& row) { columns(row.spells); }

}  // namespace

Status ListenBatch::add(const Listens& listens) {
  if (listens.feed.empty() || listens.guid.empty())
    return fail(ErrorCode::kInvalidArgument, "listens need a feed and a guid");
  const bool is_range =
      listens.start_ms >= 0 && listens.start_ms < listens.end_ms && listens.end_ms <= kLatestMs;
  if (!is_range || listens.listens < 1 || listens.listens > kMostListensInRow)
    return fail(ErrorCode::kInvalidArgument, fmt::format("{} listens of {} ms to {} ms make no sense",
                                                         listens.listens, listens.start_ms, listens.end_ms));
  Range range;
  range.start_ms = static_cast<std::uint32_t>(listens.start_ms);
  range.end_ms = static_cast<std::uint32_t>(listens.end_ms);
  range.listens = listens.listens;
  if (listens.territory != registry::kElsewhere) {
    if (!registry::is_country(listens.territory))
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("territory '{}': no ISO 3166 code; leave it empty where it is not known",
                              listens.territory));
    std::copy_n(listens.territory.begin(), sizeof range.territory, range.territory);
  }
  const auto [place, is_new] = places_by_name_.try_emplace(place_name(listens), places_.size());
  if (is_new) places_.push_back({listens.feed, listens.guid, listens.day, {}});
  places_[place->second].ranges.push_back(range);
  listens_ += listens.listens;
  return {};
}

std::vector<ListenBatch::Packed> ListenBatch::take() {
  std::sort(places_.begin(), places_.end(), [](const Place& a, const Place& b) {
    return std::tie(a.feed, a.guid, a.day) < std::tie(b.feed, b.guid, b.day);
  });
  std::vector<Packed> packed;
  packed.reserve(places_.size());
  for (Place& place : places_) {
    const auto key = [](const Range& range) {
      return std::tuple(range.territory[0], range.territory[1], range.start_ms, range.end_ms);
    };
    std::sort(place.ranges.begin(), place.ranges.end(),
              [&](const Range& a, const Range& b) { return key(a) < key(b); });
    ByteWriter writer;
    for (std::size_t i = 0; i < place.ranges.size();) {
      const Range& range = place.ranges[i];
      std::int64_t listens = 0;
      for (; i < place.ranges.size() && key(place.ranges[i]) == key(range); ++i)
        listens += place.ranges[i].listens;
      writer.put(range.territory[0]);
      writer.put(range.territory[1]);
      writer.put_varint(range.start_ms);
      writer.put_varint(range.end_ms - range.start_ms);
      writer.put_varint(static_cast<std::uint64_t>(listens));
    }
    packed.push_back({std::move(place.feed), std::move(place.guid), place.day, std::move(writer).take()});
    place.ranges = {};
  }
  places_.clear();
  places_by_name_.clear();
  listens_ = 0;
  return packed;
}

Status read_listens(std::istream& in, ListenBatch& batch) {
  std::string line;
  std::getline(in, line);
  EARMARK_TRY(const auto header, CsvHeader::parse(line, {"feed", "guid", "day"},
                                                  {"territory", "start_ms", "end_ms", "listens"}));
  std::vector<std::string> fields;
  for (std::int64_t number = 2; std::getline(in, line); ++number) {
    if (line.empty() || line == "\r") continue;
    const auto add = [&]() -> Status {
      EARMARK_TRY_STATUS(read_csv_line(line, fields));
      EARMARK_TRY(const auto row, listens_of(header, fields));
      return batch.add(row);
    };
    if (const Status added = add(); !added)
      return fail(added.error().with_context(fmt::format("line {}", number)));
  }
  if (in.bad()) return fail(ErrorCode::kIo, "the file could not be read to its end");
  return {};
}

Result<StoredBatch> store_batch(storage::Session& session, std::string_view id, ListenBatch batch,
                                Timestamp now) {
  StoredBatch stored;
  stored.listens = batch.listens();
  const auto packed = batch.take();
  Sha256Stream stream;
  for (const auto& one : packed) {
    const auto head = fmt::format("{}\n{}\n{}\n{}\n", one.feed, one.guid, one.day.time_since_epoch().count(),
                                  one.spells.size());
    stream.update(as_bytes(head));
    stream.update(one.spells);
  }
  const auto digest = stream.finish();
  const auto hex = to_hex(digest);
  stored.id = id.empty() ? registry::public_id("lsn_", digest) : std::string(id);
  EARMARK_TRY(const auto known,
              session.find<std::string>("SELECT sha256 FROM listen_batches WHERE id = :id", {stored.id}));
  if (known && *known == hex) return stored;
  if (known)
    return fail(
        ErrorCode::kConflict,
        fmt::format("batch '{}' is there already with other listens: give this one another name", stored.id));
  if (packed.empty()) return fail(ErrorCode::kInvalidArgument, "there are no listens in it");
  stored.is_new = true;
  EARMARK_TRY(const auto key,
              session.get<std::int64_t>("INSERT INTO listen_batches (id, sha256, listens, recorded_at)"
                                        " VALUES (:id, :sha256, :listens, :now) RETURNING key",
                                        {stored.id, hex, stored.listens, now}));
  for (const auto& one : packed) {
    EARMARK_TRY_STATUS(
        session.execute("INSERT INTO listens (batch_key, feed, guid, day, spells)"
                        " VALUES (:batch, :feed, :guid, :day, :spells)",
                        {key, one.feed, one.guid, one.day.time_since_epoch().count(), one.spells}));
  }
  return stored;
}

Status unpack(std::span<const std::byte> spells, std::int64_t duration_ms, std::vector<HeardThere>& heard) {
  ByteReader reader(spells);
  while (reader.remaining() > 0) {
    EARMARK_TRY(const auto first, reader.get<char>());
    EARMARK_TRY(const auto second, reader.get<char>());
    EARMARK_TRY(const auto start, reader.get_varint());
    EARMARK_TRY(const auto length, reader.get_varint());
    EARMARK_TRY(const auto listens, reader.get_varint());
    if (start > kLatestMs || length > kLatestMs || listens > std::numeric_limits<std::int64_t>::max())
      return fail(ErrorCode::kCorrupt, "stored listens make no sense");
    const std::string territory =
        first == '*' ? std::string(registry::kElsewhere) : std::string{first, second};
    // Rows come by territory, so that the last one is nearly always it.
    if (heard.empty() || heard.back().territory != territory) {
      const auto place = std::lower_bound(
          heard.begin(), heard.end(), territory,
          [](const HeardThere& there, const std::string& name) { return there.territory < name; });
      if (place == heard.end() || place->territory != territory) heard.insert(place, {territory, {}});
    }
    const auto place = std::lower_bound(
        heard.begin(), heard.end(), territory,
        [](const HeardThere& there, const std::string& name) { return there.territory < name; });
    Spell spell;
    spell.start_ms = std::min(static_cast<std::int64_t>(start), duration_ms);
    spell.end_ms = std::min(static_cast<std::int64_t>(start + length), duration_ms);
    spell.listens = static_cast<std::int64_t>(listens);
    if (spell.start_ms < spell.end_ms) place->spells.push_back(spell);
  }
  return {};
}

Result<std::vector<HeardThere>> heard_of(storage::Session& session, const HeardQuery& query) {
  const auto first = day_of(query.from + std::chrono::days(1) - std::chrono::milliseconds(1));
  const auto last = day_of(query.until + std::chrono::days(1) - std::chrono::milliseconds(1));
  EARMARK_TRY(const auto rows,
              session.query<HeardRow>("SELECT spells FROM listens WHERE feed = :feed AND guid = :guid"
                                      " AND day >= :first AND day < :last AND batch_key <= :up_to"
                                      " ORDER BY day, batch_key",
                                      {query.feed, query.guid, first.time_since_epoch().count(),
                                       last.time_since_epoch().count(), query.up_to}));
  std::vector<HeardThere> heard;
  for (const HeardRow& row : rows) EARMARK_TRY_STATUS(unpack(row.spells, query.duration_ms, heard));
  return heard;
}

Result<std::int64_t> newest_batch(storage::Session& session) {
  return session.get<std::int64_t>("SELECT coalesce(max(key), 0) FROM listen_batches");
}

}  // namespace earmark::monetization
