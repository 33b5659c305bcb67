#pragma once
// A request and a response as handlers see them: no socket, no library.
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/result.h"

namespace earmark::api {

struct Header {
  std::string name;
  std::string value;
};

/// What a client sends after the header, in pieces, decompressed where Content-Encoding says so. Read at most
/// once. Thread-confined.
class RequestBody {
 public:
  /// Takes bytes in order; an error from it ends the reading and is what the reading returns.
  using Sink = std::function<Status(std::span<const std::byte>)>;
  /// One part of a multipart/form-data body.
  struct PartHead {
    std::string name;
    std::string filename;
    std::string content_type;
  };
  using BeginPart = std::function<Status(const PartHead&)>;

  virtual ~RequestBody() = default;
  /// kCorrupt: the body does not follow HTTP; kIo: the client went away or was too slow.
  [[nodiscard]] virtual Status read(const Sink& sink) = 0;
  /// `begin`, then the bytes of that part, for each part in order; of a multipart/form-data body only.
  [[nodiscard]] virtual Status read_parts(const BeginPart& begin, const Sink& sink) = 0;
  /// Whether the reading failed because there was more than the server takes.
  [[nodiscard]] virtual bool was_too_long() const = 0;
};

struct Request {
  std::string method;                                ///< "GET", …
  std::string path;                                  ///< decoded, without query
  std::string target;                                ///< as sent
  std::multimap<std::string, std::string> params{};  ///< of the query, decoded
  std::vector<Header> headers{};
  std::string peer{};           ///< numeric address of the other end of the connection
  RequestBody* body = nullptr;  ///< of POST, PUT, PATCH and DELETE

  /// Value of the first header of that name, whatever its case; empty: there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
  /// The media type of Content-Type in lower case, without parameters.
  [[nodiscard]] std::string media_type() const;
  /// A query parameter; nothing where it is not there.
  [[nodiscard]] std::optional<std::string> param(const std::string& name) const;
  /// Content-Length, where it is there and is a number.
  [[nodiscard]] std::optional<std::uint64_t> content_length() const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<Header> headers{};

  /// Sets a header, in place of one of that name.
  void set_header(std::string_view name, std::string value);
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// Whether two ASCII texts are the same but for the case of letters.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);

/// The parameters of an application/x-www-form-urlencoded text (WHATWG URL, section 5.1), in order; what
/// follows a stray '%' is taken as it is.
[[nodiscard]] std::multimap<std::string, std::string> parse_form(std::string_view text);

/// Percent-encodes all but unreserved characters (RFC 3986, section 2.3).
[[nodiscard]] std::string percent_encoded(std::string_view text);

}  // namespace earmark::api
