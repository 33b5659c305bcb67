#include "api/listener.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace earmark::api {
namespace {

constexpr int kBacklog = 512;
constexpr int kTickMs = 100;  ///< how often deadlines are looked at
constexpr std::chrono::milliseconds kLinger{1000};
constexpr std::chrono::milliseconds kPauseWhenFull{100};

// Answers of the loop itself, which has no request to go by. They say what to do next.
constexpr std::string_view kBusy =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
    "Content-Type: application/problem+json\r\nContent-Length: 118\r\n\r\n"
    R"({"type":"about:blank","title":"Service Unavailable","status":503,"code":"overloaded","detail":"try again in a second"})";
constexpr std::string_view kSlow =
    "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kLong =
    "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

struct Addresses {
  addrinfo* first = nullptr;
  ~Addresses() {
    if (first != nullptr) ::freeaddrinfo(first);
  }
};

Result<FileHandle> listen_at(const addrinfo& address) {
  FileHandle socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;
  if (!socket.is_open()) return fail(error_from_errno(errno, "socket"));
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (::bind(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno == EADDRINUSE) return fail(ErrorCode::kConflict, "another program listens there already");
    return fail(error_from_errno(errno, "bind"));
  }
  if (::listen(socket.get(), kBacklog) != 0) return fail(error_from_errno(errno, "listen"));
  return socket;
}

/// The numeric address in a sockaddr, without brackets; IPv4 in IPv6 as IPv4.
std::string text_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address);
    ::inet_ntop(AF_INET, &v4->sin_addr, text.data(), text.size());
  } else if (address.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address);
    ::inet_ntop(AF_INET6, &v6->sin6_addr, text.data(), text.size());
  }
  const std::string_view found(text.data());
  constexpr std::string_view kMapped = "::ffff:";
  const bool is_mapped = found.starts_with(kMapped) && found.find('.') != std::string_view::npos;
  return std::string(is_mapped ? found.substr(kMapped.size()) : found);
}

int port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  const in_port_t port = address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&address)->sin6_port
                                                       : reinterpret_cast<sockaddr_in*>(&address)->sin_port;
  return ntohs(port);
}

}  // namespace

Listener::Listener(const Options& options, Serve serve)
    : options_(options), serve_(std::move(serve)), waiting_(options.queue) {}

Result<std::unique_ptr<Listener>> Listener::start(const Options& options, Serve serve) {
  std::unique_ptr<Listener> listener(new Listener(options, std::move(serve)));
  EARMARK_TRY_STATUS(listener->open());
  listener->threads_.emplace_back([raw = listener.get()] { raw->loop(); });
  for (std::size_t i = 0; i < options.workers; ++i)
    listener->threads_.emplace_back([raw = listener.get()] { raw->work(); });
  return listener;
}

Status Listener::open() {
  const std::string where = fmt::format("{}:{}", options_.host, options_.port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  Addresses found;
  const std::string port = std::to_string(options_.port);
  if (const int error = ::getaddrinfo(options_.host.c_str(), port.c_str(), &hints, &found.first); error != 0)
    return fail(ErrorCode::kInvalidArgument, fmt::format("listen on {}: {}", where, ::gai_strerror(error)));
  auto socket = listen_at(*found.first);
  if (!socket) return fail(socket.error().with_context("listen on " + where));
  listening_ = std::move(*socket);
  port_ = port_of(listening_.get());
  epoll_ = FileHandle(::epoll_create1(EPOLL_CLOEXEC));
  wake_ = FileHandle(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll_.is_open() || !wake_.is_open()) return fail(error_from_errno(errno, "epoll"));
  watch(listening_.get());
  watch(wake_.get());
  return {};
}

Listener::~Listener() {
  stop();
  threads_.clear();
}

Listener::Counts Listener::counts() const { return {accepted_, shed_, open_}; }

void Listener::stop() {
  if (stopping_.exchange(true)) return;
  wake();
  waiting_.close();  // workers still answer what is in the queue
  const auto deadline = std::chrono::steady_clock::now() + options_.drain_timeout;
  const auto busy = [&] { return in_service_.with([](auto& set) { return !set.empty(); }); };
  while (busy() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  in_service_.with([](auto& set) {
    for (Connection* connection : set) connection->shut_down();
  });
  threads_.clear();  // joins
}

void Listener::watch(int descriptor) const {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP;
  event.data.fd = descriptor;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
}

void Listener::wake() const {
  // It can only fail when the counter is full: then the loop is woken anyway.
  (void)::eventfd_write(wake_.get(), 1);
}

void Listener::loop() {
  std::array<epoll_event, 128> events{};
  while (!stopping_) {
    const int n = ::epoll_wait(epoll_.get(), events.data(), events.size(), kTickMs);
    for (int i = 0; i < n; ++i) {
      const int descriptor = events.at(static_cast<std::size_t>(i)).data.fd;
      if (descriptor == listening_.get()) {
        accept_all();
      } else if (descriptor == wake_.get()) {
        take_back();
      } else {
        look_at(descriptor);
      }
    }
    drop_overdue();
  }
  listening_.reset();
  for (auto& [descriptor, parked] : parked_) {
    if (!parked.connection->is_empty() && !parked.lingers) parked.connection->send_at_once(kBusy);
  }
  open_ -= parked_.size();
  parked_.clear();
}

void Listener::accept_all() {
  while (std::chrono::steady_clock::now() >= accept_again_) {
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    FileHandle socket(::accept4(listening_.get(), reinterpret_cast<sockaddr*>(&address), &size,
                                SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket.is_open()) {
      if (errno == EINTR || errno == ECONNABORTED) continue;
      if (errno != EAGAIN) accept_again_ = std::chrono::steady_clock::now() + kPauseWhenFull;
      return;
    }
    const int yes = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    ++accepted_;
    ++open_;
    const bool too_many = open_ > options_.max_connections;
    const int descriptor = socket.get();
    park(std::make_unique<Connection>(std::move(socket), text_of(address), options_.limits));
    if (too_many) {
      ++shed_;
      refuse(parked_.at(descriptor), kBusy);
    }
  }
}

void Listener::take_back() {
  eventfd_t ignored = 0;
  (void)::eventfd_read(wake_.get(), &ignored);
  std::vector<Served> back;
  served_.with([&](auto& served) { back.swap(served); });
  for (Served& served : back) {
    if (served.after == After::kKeep) {
      park(std::move(served.connection));
    } else {
      linger(std::move(served.connection));
    }
  }
}

void Listener::linger(Owned connection) {
  const int descriptor = connection->descriptor();
  Parked& parked = parked_[descriptor];
  parked.connection = std::move(connection);
  watch(descriptor);
  refuse(parked, {});
}

void Listener::park(Owned connection) {
  const int descriptor = connection->descriptor();
  const auto patience = connection->is_empty() ? options_.idle_timeout : options_.header_timeout;
  parked_[descriptor] = Parked{std::move(connection), std::chrono::steady_clock::now() + patience};
  watch(descriptor);
  if (!parked_.at(descriptor).connection->is_empty()) look_at(descriptor);
}

void Listener::look_at(int descriptor) {
  const auto found = parked_.find(descriptor);
  if (found == parked_.end()) return;
  Parked& parked = found->second;
  Connection& connection = *parked.connection;
  if (options_.tls != nullptr && !parked.lingers) return dispatch(descriptor);  // only a worker can decrypt
  const bool was_empty = connection.is_empty();
  const bool is_closed = connection.fill() == Connection::Filled::kClosed;
  if (parked.lingers) {
    connection.discard();
    if (is_closed) drop(descriptor);
  } else if (connection.has_request()) {
    dispatch(descriptor);
  } else if (is_closed) {
    drop(descriptor);
  } else if (connection.has_too_much()) {
    refuse(parked, kLong);
  } else if (was_empty && !connection.is_empty()) {
    parked.deadline = std::chrono::steady_clock::now() + options_.header_timeout;
  }
}

void Listener::dispatch(int descriptor) {
  const auto found = parked_.find(descriptor);
  Parked parked = std::move(found->second);
  parked_.erase(found);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
  auto refused = waiting_.try_push(std::move(parked.connection));
  if (!refused) return;
  ++shed_;
  if (options_.tls == nullptr) (*refused)->send_at_once(kBusy);
  linger(std::move(*refused));
}

void Listener::refuse(Parked& parked, std::string_view answer) {
  // Said, then listened for a while: closing with unread bytes would take the answer back (RST).
  parked.lingers = true;
  parked.deadline = std::chrono::steady_clock::now() + kLinger;
  if (options_.tls == nullptr) parked.connection->send_at_once(answer);
  parked.connection->discard();
}

void Listener::drop(int descriptor) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
  if (parked_.erase(descriptor) > 0) --open_;
}

void Listener::drop_overdue() {
  const auto now = std::chrono::steady_clock::now();
  std::vector<int> due;
  for (const auto& [descriptor, parked] : parked_) {
    if (parked.deadline < now) due.push_back(descriptor);
  }
  for (const int descriptor : due) {
    Parked& parked = parked_.at(descriptor);
    if (parked.lingers || parked.connection->is_empty()) {
      drop(descriptor);
    } else {
      refuse(parked, kSlow);
    }
  }
}

void Listener::work() {
  while (auto next = waiting_.pop()) {
    Owned connection = std::move(*next);
    in_service_.with([&](auto& set) { set.insert(connection.get()); });
    After after = After::kKeep;
    do {
      connection->begin_exchange();
      const bool secured =
          options_.tls == nullptr || connection->is_tls() || connection->start_tls(*options_.tls).has_value();
      after = secured ? serve_(*connection) : After::kClose;
    } while (after == After::kKeep && !stopping_ && connection->wants_service());
    in_service_.with([&](auto& set) { set.erase(connection.get()); });
    if (after == After::kClose || stopping_) {
      connection.reset();
      --open_;
      continue;
    }
    served_.with([&](auto& served) { served.push_back({std::move(connection), after}); });
    wake();
  }
}

}  // namespace earmark::api
