#pragma once
// Pages of what a party may see: the one place with the SQL of tenancy. Rows come in the order in which they
// were made, after a cursor; never by offset, so that nothing is shown twice or left out while more comes in.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/http.h"
#include "api/keys.h"
#include "api/service_store.h"
#include "core/json.h"

namespace earmark::api {

/// Who looks. Synonymous with a key; also that of the open mode.
struct Caller {
  std::string key_id;  ///< empty: nobody, or the open mode
  Role role = Role::kPlatform;
  std::int64_t party_key = 0;
  std::string party;

  [[nodiscard]] bool is_admin() const { return role == Role::kAdmin; }
};

/// Which part of a list.
struct Page {
  std::int64_t after = 0;  ///< row key
  std::int64_t limit = 50;
};
/// ?limit= (1 to 200) and ?cursor=. kInvalidArgument.
[[nodiscard]] Result<Page> parse_page(const Request& request);

struct ListedRow {
  std::int64_t key = 0;
  std::string id;
};

struct RecordingQuery {
  std::string owner;   ///< empty: any that the caller may see
  std::string status;  ///< empty: any
};
struct ClaimQuery {
  std::string status;
  std::string recording_id;
  std::string feed;
};

/// How a caller stands to a claim.
struct ClaimSides {
  bool is_owner = false;      ///< of the recording
  bool is_publisher = false;  ///< of the feed
  [[nodiscard]] bool may_see(const Caller& caller) const {
    return is_owner || is_publisher || caller.is_admin();
  }
};

/// One more row than the page has tells that there is a next one.
[[nodiscard]] Result<std::vector<ListedRow>> list_recordings(ServiceStore& store, const Caller& caller,
                                                             const RecordingQuery& query, const Page& page);
[[nodiscard]] Result<std::vector<ListedRow>> list_claims(ServiceStore& store, const Caller& caller,
                                                         const ClaimQuery& query, const Page& page);
/// Ids are URLs. Admins and crawlers see all feeds, others those that their party added.
[[nodiscard]] Result<std::vector<ListedRow>> list_feeds(ServiceStore& store, const Caller& caller,
                                                        const Page& page);
[[nodiscard]] Result<ClaimSides> sides_of(ServiceStore& store, const Caller& caller,
                                          std::string_view claim_id);

/// {"data": […], "next_cursor": "…" or null} with a Link to the next page. `rows` as from above; `items` are
/// those of the page.
[[nodiscard]] Response make_page(const Request& request, const Page& page, const std::vector<ListedRow>& rows,
                                 Json items);

}  // namespace earmark::api
