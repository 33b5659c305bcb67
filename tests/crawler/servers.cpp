#include "tests/crawler/servers.h"

#include <arpa/inet.h>
#include <httplib.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "core/check.h"

namespace earmark::test {

HttpServer::HttpServer(std::string host)
    : server_(std::make_unique<httplib::Server>()), host_(std::move(host)) {
  port_ = server_->bind_to_any_port(host_.c_str());
  EARMARK_CHECK(port_ > 0, "no port on loopback");
  server_->set_keep_alive_max_count(1);  // stopping waits for connections that are kept alive
}

HttpServer::~HttpServer() {
  server_->stop();
  if (thread_.joinable()) thread_.join();
}

void HttpServer::start() {
  thread_ = std::thread([this] { server_->listen_after_bind(); });
  while (!server_->is_running()) std::this_thread::yield();
}

std::string HttpServer::url(const std::string& path) const {
  return "http://" + host_ + ":" + std::to_string(port_) + path;
}

RawServer::RawServer(Talk talk) : talk_(std::move(talk)) {
  listener_ = FileHandle(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  EARMARK_CHECK(::bind(listener_.get(), generic, length) == 0, "bind");
  EARMARK_CHECK(::listen(listener_.get(), 16) == 0, "listen");
  EARMARK_CHECK(::getsockname(listener_.get(), generic, &length) == 0, "getsockname");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

RawServer::~RawServer() {
  ::shutdown(listener_.get(), SHUT_RDWR);
  thread_.join();
}

void RawServer::serve() {
  while (true) {
    const FileHandle connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!connection.is_open()) return;
    ++connections_;
    talk_(connection.get());
  }
}

std::string RawServer::url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + path;
}

bool send_text(int connection, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string read_head(int connection) {
  std::string head;
  char c = 0;
  while (!head.ends_with("\r\n\r\n") && ::recv(connection, &c, 1, 0) == 1) head += c;
  return head;
}

void wait_for_close(int connection, int milliseconds) {
  pollfd waiting{connection, POLLIN | POLLRDHUP, 0};
  ::poll(&waiting, 1, milliseconds);
}

}  // namespace earmark::test
