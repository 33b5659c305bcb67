#include "monetization/tariffs.h"

#include <fmt/format.h>

#include "core/json.h"
#include "monetization/csv.h"
#include "storage/session.h"

namespace earmark::monetization {
namespace {

constexpr std::string_view kSelect =
    "SELECT name, version, settings, starts_at, created_by, created_at FROM tariffs";

struct Row {
  TariffVersion version;
  std::string settings;  ///< a JSON array
};

void map_columns(storage::Columns& columns, Row& row) {
  columns(row.version.tariff.name)(row.version.tariff.version)(row.settings)(row.version.starts_at);
  columns(row.version.created_by)(row.version.created_at);
}

Result<TariffVersion> read(Row row) {
  EARMARK_TRY(const auto json, parse_json(row.settings));
  if (!json.is_array()) return fail(ErrorCode::kCorrupt, "the settings of a tariff are no list");
  std::vector<std::string> settings;
  for (const auto& setting : json) settings.push_back(setting.is_string() ? setting.get<std::string>() : "");
  EARMARK_TRY(auto tariff, parse_tariff(row.version.tariff.name, settings));
  tariff.version = row.version.tariff.version;
  row.version.tariff = std::move(tariff);
  return std::move(row.version);
}

TariffVersion standard() {
  TariffVersion version;
  version.tariff = standard_tariff();
  return version;
}

Result<std::optional<TariffVersion>> newest(storage::Session& session, std::string_view name) {
  std::optional<TariffVersion> found;
  EARMARK_TRY(
      auto row,
      session.find<Row>(fmt::format("{} WHERE name = :name ORDER BY version DESC LIMIT 1", kSelect), {name}));
  if (row) {
    EARMARK_TRY(found, read(std::move(*row)));
  } else if (name == kStandardTariff) {
    found = standard();
  }
  return found;
}

}  // namespace

Result<TariffVersion> put_tariff(storage::Session& session, const Tariff& tariff,
                                 std::optional<Timestamp> starts_at, std::string_view by, Timestamp now) {
  TariffVersion version;
  version.tariff = tariff;
  version.tariff.version = 1;
  version.starts_at = starts_at.value_or(Timestamp{});
  version.created_by = by;
  version.created_at = now;
  EARMARK_TRY(const auto before, newest(session, tariff.name));
  if (before) {
    if (settings_of(before->tariff) == settings_of(tariff)) return *before;
    version.tariff.version = before->tariff.version + 1;
    version.starts_at = starts_at.value_or(now);
    if (version.starts_at < before->starts_at)
      return fail(ErrorCode::kInvalidArgument,
                  fmt::format("tariff '{}': version {} counts from {}, the next one cannot begin before",
                              tariff.name, before->tariff.version, to_rfc3339(before->starts_at)));
  }
  EARMARK_TRY_STATUS(session.execute(
      "INSERT INTO tariffs (name, version, settings, starts_at, created_by, created_at)"
      " VALUES (:name, :version, :settings, :starts, :by, :now)",
      {tariff.name, version.tariff.version, to_line(Json(settings_of(tariff))), version.starts_at, by, now}));
  return version;
}

Result<std::vector<TariffVersion>> tariffs(storage::Session& session) {
  EARMARK_TRY(auto rows, session.query<Row>(fmt::format("{} ORDER BY name, version", kSelect)));
  std::vector<TariffVersion> all = {standard()};
  for (Row& row : rows) {
    EARMARK_TRY(auto version, read(std::move(row)));
    all.push_back(std::move(version));
  }
  return all;
}

Result<Tariff> find_tariff(storage::Session& session, std::string_view name) {
  const auto at = name.rfind('@');
  const auto version = at == std::string_view::npos ? std::nullopt : whole_number(name.substr(at + 1));
  const auto not_found = [&] {
    return fail(ErrorCode::kNotFound,
                fmt::format("tariff '{}': there is none; 'earmark money tariff list' shows all", name));
  };
  if (!version) {
    EARMARK_TRY(auto found, newest(session, name));
    if (!found) return not_found();
    return std::move(found->tariff);
  }
  if (*version == 0 && name.substr(0, at) == kStandardTariff) return standard_tariff();
  EARMARK_TRY(auto row,
              session.find<Row>(fmt::format("{} WHERE name = :name AND version = :version", kSelect),
                                {name.substr(0, at), *version}));
  if (!row) return not_found();
  EARMARK_TRY(auto found, read(std::move(*row)));
  return std::move(found.tariff);
}

Status use_tariff(storage::Session& session, const TariffUse& use, std::string_view by, Timestamp now) {
  EARMARK_TRY_STATUS(find_tariff(session, use.name));
  EARMARK_TRY_STATUS(
      session.execute("INSERT INTO tariff_uses (feed, name, starts_at, created_by, created_at)"
                      " VALUES (:feed, :name, :starts, :by, :now)",
                      {use.feed, use.name, use.starts_at, by, now}));
  return {};
}

Result<Tariff> tariff_for(storage::Session& session, std::string_view feed, Timestamp at) {
  // A feed's own before that of all, then what begins last, then what was said last.
  EARMARK_TRY(
      const auto name,
      session.find<std::string>("SELECT name FROM tariff_uses WHERE (feed = :feed OR feed = '')"
                                " AND starts_at <= :at ORDER BY feed DESC, starts_at DESC, key DESC LIMIT 1",
                                {feed, at}));
  const std::string chosen = name.value_or(std::string(kStandardTariff));
  EARMARK_TRY(auto row, session.find<Row>(fmt::format("{} WHERE name = :name AND starts_at <= :at"
                                                      " ORDER BY version DESC LIMIT 1",
                                                      kSelect),
                                          {chosen, at}));
  if (!row) {
    // Before the first version of a name, the first counts; the standard has one from the beginning.
    if (chosen == kStandardTariff) return standard_tariff();
    EARMARK_TRY(row, session.find<Row>(fmt::format("{} WHERE name = :name ORDER BY version LIMIT 1", kSelect),
                                       {chosen}));
    if (!row) return standard_tariff();
  }
  EARMARK_TRY(auto version, read(std::move(*row)));
  return std::move(version.tariff);
}

}  // namespace earmark::monetization
