#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "api/connection.h"
#include "core/bounded_queue.h"
#include "core/guarded.h"

namespace earmark::api {

/// Accepts connections, waits for requests on all of them in one thread, and hands each connection that has
/// one to a bounded pool of workers. An idle or slow client costs a socket, not a worker; where the pool and
/// its queue are full the client is told so at once (503). Synchronised.
class Listener {
 public:
  struct Options {
    std::string host = "127.0.0.1";  ///< a name or a numeric address
    int port = 0;                    ///< 0: any that is free
    std::size_t workers = 16;
    std::size_t queue = 128;             ///< requests that wait for a worker
    std::size_t max_connections = 1000;  ///< open at a time
    std::chrono::milliseconds header_timeout{10'000};
    std::chrono::milliseconds idle_timeout{75'000};  ///< between requests; longer than proxies' own
    std::chrono::milliseconds drain_timeout{30'000};
    ConnectionLimits limits;
    const TlsContext* tls = nullptr;  ///< borrowed; nothing: plain HTTP
  };
  enum class After {
    kKeep,
    kClose,
    kLinger,  ///< close, but listen a while: the client may still be sending, and must see the answer
  };
  /// Answers the request that is waiting on the connection. Called on any worker.
  using Serve = std::function<After(Connection&)>;

  struct Counts {
    std::uint64_t accepted = 0;
    std::uint64_t shed = 0;  ///< requests and connections that were turned away because of load
    std::uint64_t open = 0;
  };

  /// kInvalidArgument, kConflict (the port is taken), kIo.
  [[nodiscard]] static Result<std::unique_ptr<Listener>> start(const Options& options, Serve serve);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] Counts counts() const;
  [[nodiscard]] bool is_stopping() const { return stopping_; }
  /// Takes no more requests, lets those in hand end (for drain_timeout, then cuts them off). Idempotent.
  void stop();

 private:
  using Owned = std::unique_ptr<Connection>;
  using Time = Connection::Time;
  struct Parked {
    Owned connection;
    Time deadline;
    bool lingers = false;  ///< has had its last answer; what still comes is dropped
  };

  Listener(const Options& options, Serve serve);
  [[nodiscard]] Status open();
  void loop();
  void work();
  void accept_all();
  void take_back();
  void park(Owned connection);
  void linger(Owned connection);
  void look_at(int descriptor);
  void dispatch(int descriptor);
  void refuse(Parked& parked, std::string_view answer);
  void drop(int descriptor);
  void drop_overdue();
  void watch(int descriptor) const;
  void wake() const;

  const Options options_;
  const Serve serve_;
  FileHandle listening_;
  FileHandle epoll_;
  FileHandle wake_;
  int port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> accepted_{0};
  std::atomic<std::uint64_t> shed_{0};
  std::atomic<std::uint64_t> open_{0};
  std::unordered_map<int, Parked> parked_;  ///< of the loop's thread only
  Time accept_again_{};                     ///< of the loop's thread only; out of descriptors until then
  BoundedQueue<Owned> waiting_;
  struct Served {
    Owned connection;
    After after;
  };
  Guarded<std::vector<Served>> served_;                  ///< on their way back to the loop
  Guarded<std::unordered_set<Connection*>> in_service_;  ///< with a worker now
  std::vector<std::jthread> threads_;
};

}  // namespace earmark::api
