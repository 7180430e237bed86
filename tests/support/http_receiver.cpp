#include "tests/support/http_receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

namespace queuetrace::test {
namespace {

/// False when there is nothing more to read because the receiver is told to end.
bool wait_readable(int descriptor, int end) {
  struct pollfd ready[] = {{descriptor, POLLIN, 0}, {end, POLLIN, 0}};
  return ::poll(ready, 2, -1) > 0 && ready[1].revents == 0;
}

HttpRequest parsed(const std::string& head) {
  HttpRequest request;
  std::istringstream lines(head);
  std::getline(lines, request.line);
  while (!request.line.empty() && request.line.back() == '\r') request.line.pop_back();
  for (std::string line; std::getline(lines, line);) {
    while (!line.empty() && line.back() == '\r') line.pop_back();
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    request.headers[name] = line.substr(std::min(line.size(), colon + 2));
  }
  return request;
}

}  // namespace

HttpReceiver::HttpReceiver(std::optional<std::string> answer)
    : HttpReceiver([answer = std::move(answer)](const HttpRequest&) { return answer; }) {}

HttpReceiver::HttpReceiver(Answering answering) : answering_(std::move(answering)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  end_ = ::eventfd(0, EFD_CLOEXEC);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  if (listener_ < 0 || end_ < 0 || ::bind(listener_, reinterpret_cast<sockaddr*>(&name), sizeof name) != 0 ||
      ::listen(listener_, 16) != 0 || ::getsockname(listener_, reinterpret_cast<sockaddr*>(&name), &size) != 0)
    throw std::runtime_error("cannot listen on a port of the test's own");
  port_ = ntohs(name.sin_port);
  thread_ = std::thread([this] { serve(); });
}

HttpReceiver::~HttpReceiver() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(end_, &one, sizeof one);
  thread_.join();
  ::close(listener_);
  ::close(end_);
}

std::vector<HttpRequest> HttpReceiver::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void HttpReceiver::serve() {
  while (wait_readable(listener_, end_)) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    take(connection);
    ::close(connection);
  }
}

void HttpReceiver::take(int connection) {
  std::string text;
  HttpRequest request;
  std::size_t missing = 1;
  while (missing > 0) {
    char block[4096];
    if (!wait_readable(connection, end_)) return;
    const ssize_t count = ::read(connection, block, sizeof block);
    if (count <= 0) return;
    text.append(block, static_cast<std::size_t>(count));
    const std::size_t head = text.find("\r\n\r\n");
    if (head == std::string::npos) continue;
    request = parsed(text.substr(0, head));
    request.body = text.substr(head + 4);
    const auto length = request.headers.find("content-length");
    const std::size_t wanted = length == request.headers.end() ? 0 : std::stoul(length->second);
    missing = wanted - std::min(wanted, request.body.size());
  }
  {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
  }
  const std::optional<std::string> answer = answering_(request);
  if (!answer) {
    char nothing = 0;
    while (wait_readable(connection, end_) && ::read(connection, &nothing, 1) > 0) {
    }
    return;
  }
  std::size_t sent = 0;
  while (sent < answer->size()) {
    const ssize_t count = ::send(connection, answer->data() + sent, answer->size() - sent, MSG_NOSIGNAL);
    if (count <= 0) return;
    sent += static_cast<std::size_t>(count);
  }
}

std::string http_response(const std::string& body, const std::string& status, const std::string& headers) {
  return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace queuetrace::test
