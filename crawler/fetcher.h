#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "audio/byte_source.h"
#include "core/bytes.h"
#include "core/hash.h"
#include "core/result.h"
#include "core/time.h"
#include "crawler/address_guard.h"
#include "crawler/host_gate.h"
#include "crawler/transfer.h"
#include "crawler/url.h"

namespace earmark::crawler {

/// Defaults for media: a 12 hour episode at 320 kbit/s has 1.7 GB.
[[nodiscard]] FetchLimits media_limits();

/// One answer on the way: all but the last are redirects.
struct Hop {
  std::string url;
  int status = 0;  ///< 0: none came
};

/// What is known of a fetch, also where it fails.
struct FetchTrace {
  std::vector<Hop> chain;
  std::vector<std::pair<std::string, std::string>> headers;  ///< of the last answer, names in lower case
  int resumed = 0;  ///< times that a broken transfer was taken up again

  [[nodiscard]] int status() const { return chain.empty() ? 0 : chain.back().status; }
};

struct FetchRequest {
  Url url;
  std::string etag;             ///< of the copy that we have, as the server gave it; empty: none
  std::string last_modified;    ///< likewise
  FetchProgress progress;       ///< may be empty; called on the fetching thread, often
  std::stop_token stop;         ///< ends the fetch with kUnavailable
  HostGate* gate = nullptr;     ///< that each request goes through; nullptr: none
  FetchTrace* trace = nullptr;  ///< filled in, whatever happens; may be nullptr
};

/// How something was got, for evidence.
struct FetchRecord {
  std::vector<Hop> chain;
  std::string peer;  ///< IP address that gave the last answer
  std::string etag;
  std::string last_modified;
  std::string content_type;  ///< media type with its parameters, as sent
  std::vector<std::pair<std::string, std::string>>
      headers;                 ///< of the last answer, names in lower case, in order
  std::uint64_t received = 0;  ///< bytes of the body as sent
  std::uint64_t bytes = 0;     ///< decompressed
  Sha256 sha256{};             ///< of the decompressed bytes
  Timestamp fetched_at{};      ///< when the fetch began
  int resumed = 0;             ///< times that a broken transfer was taken up again

  [[nodiscard]] const std::string& final_url() const { return chain.back().url; }
};

struct FetchedDocument {
  enum class State { kNew, kNotModified } state = State::kNew;
  Bytes body;
  FetchRecord record;
};

struct FetchedMedia {
  std::unique_ptr<audio::ByteSource> source;  ///< bytes on disk; they go with it
  FetchRecord record;
};

/// Gets feeds and media over HTTP. Errors: kRefused (address or scheme is not allowed), kNotFound (404, 410),
/// kUnavailable (no or slow answer, broken off, 408, 429, 5xx), kResourceExhausted (too big, too many
/// redirects, disk), kCorrupt (bad compression), kIo (other answers and failures). Messages begin with the
/// URL. Synchronised.
class Fetcher {
 public:
  virtual ~Fetcher() = default;
  /// Into memory; the server may compress.
  [[nodiscard]] virtual Result<FetchedDocument> fetch_document(const FetchRequest& request) = 0;
  /// Into a temporary file; the validators of the request are not used. A transfer that breaks off is taken
  /// up again where it broke, if the server can and the file is still the same (RFC 9110 §13.1.5), else anew.
  [[nodiscard]] virtual Result<FetchedMedia> fetch_media(const FetchRequest& request) = 0;
};

/// The Fetcher that libcurl makes. Every socket's address, after DNS and after each redirect, goes past the
/// guard; http and https only; no proxy, cookie, credential or configuration from the environment.
class CurlFetcher : public Fetcher {
 public:
  struct Options {
    AddressGuard guard;
    std::filesystem::path spool_folder;
    std::uint64_t keep_free = 256 << 20;  ///< bytes of the spool folder's disk
    std::string contact;  ///< URL or address that the User-Agent names; empty: says that there is none
    FetchLimits document_limits;
    FetchLimits media_limits = crawler::media_limits();
    const Clock* clock = &system_clock();
  };
  /// kInvalidArgument: a contact that no header can hold; kInternal: libcurl cannot be set up.
  [[nodiscard]] static Result<std::unique_ptr<CurlFetcher>> create(Options options);
  ~CurlFetcher() override;

  [[nodiscard]] Result<FetchedDocument> fetch_document(const FetchRequest& request) override;
  [[nodiscard]] Result<FetchedMedia> fetch_media(const FetchRequest& request) override;
  [[nodiscard]] const std::string& user_agent() const;

 private:
  struct State;
  explicit CurlFetcher(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace earmark::crawler
