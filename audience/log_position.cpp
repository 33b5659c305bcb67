#include "audience/log_position.h"

#include <algorithm>
#include <vector>

#include "audience/log_reader.h"
#include "core/hash.h"

namespace earmark::audience {

static void map_columns(storage::Columns& columns, LogPosition& known) {
  columns(known.key)(known.head_bytes)(known.head_sha256)(known.tail_sha256)(known.read_bytes);
}

std::string text_digest(std::string_view text) { return to_hex(sha256(as_bytes(text))); }

Result<LogPosition> find_position(AudienceStore& store, const std::filesystem::path& log,
                                  std::string_view head) {
  LogPosition found;
  if (log == "-") return found;
  EARMARK_TRY(const auto all, store.database().read([](storage::Session& session) {
    return session.query<LogPosition>(
        "SELECT key, head_bytes, head_sha256, tail_sha256, read_bytes FROM audience_imports"
        " WHERE read_bytes > 0 AND name <> '-' ORDER BY read_bytes, key");
  }));
  std::int64_t newest = 0;
  std::vector<LogPosition> same_head;
  for (const LogPosition& known : all) {
    newest = std::max(newest, known.key);
    const auto bytes = static_cast<std::size_t>(known.head_bytes);
    if (bytes <= head.size() && text_digest(head.substr(0, bytes)) == known.head_sha256)
      same_head.push_back(known);
  }
  found.newest_import = newest;
  if (same_head.empty()) return found;
  EARMARK_TRY(auto reader, LogReader::open(log));
  for (const LogPosition& known : same_head) {
    const auto read = static_cast<std::uint64_t>(known.read_bytes);
    EARMARK_TRY_STATUS(reader.skip_to(read));
    if (reader.position() == read && text_digest(reader.tail()) == known.tail_sha256) found = known;
  }
  found.newest_import = newest;
  return found;
}

}  // namespace earmark::audience
