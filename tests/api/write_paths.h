#pragma once
// Every way in which a store is written, small enough to be done a thousand times.
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "api/service_store.h"
#include "audience/store.h"
#include "monetization/books.h"
#include "registry/live.h"
#include "registry/registry.h"

namespace earmark::api {

/// One store, open in all the ways in which our modules have it open.
struct Stores {
  const Clock* clock = nullptr;
  std::unique_ptr<registry::Registry> registry;
  std::unique_ptr<ServiceStore> service;
  std::unique_ptr<monetization::Books> books;
  std::unique_ptr<audience::AudienceStore> audience;
  std::unique_ptr<registry::Live> live;

  [[nodiscard]] static Result<Stores> open(const std::filesystem::path& folder, const Clock& clock);
};

struct WritePath {
  const char* name;
  /// Writes something that belongs to `unique`, which no other call was given. What it returns is enough to
  /// look it up again, and has no spaces.
  Result<std::string> (*write)(Stores& stores, const std::string& unique);
  /// Whether what was written is there, all of it.
  bool (*holds)(Stores& stores, const std::string& written);
};
[[nodiscard]] const std::vector<WritePath>& write_paths();

/// Those of them that are the service's, about money, about crawling and audiences, and about live streams.
[[nodiscard]] std::vector<WritePath> service_paths();
[[nodiscard]] std::vector<WritePath> money_paths();
[[nodiscard]] std::vector<WritePath> crawl_paths();
[[nodiscard]] std::vector<WritePath> live_paths();

inline constexpr const char* kOwner = "Label";
/// A recording of kOwner, of its own.
[[nodiscard]] Result<registry::Recording> add_recording(Stores& stores, const std::string& unique);
/// The address of a feed of its own, whose one episode was scanned and uses such a recording twice.
[[nodiscard]] Result<std::string> write_scan(Stores& stores, const std::string& unique);
inline constexpr const char* kGuid = "guid";  ///< of that episode

/// What is true of every store at every moment. kCorrupt names what is not.
[[nodiscard]] Status check_invariants(Stores& stores);

}  // namespace earmark::api
