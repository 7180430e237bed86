// A collector-shaped HTTP server inside the test: keeps every request, answers as it is told.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace queuetrace::test {

struct HttpRequest {
  std::string line;                            ///< `POST /v1/traces HTTP/1.1`
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// Listens on a free port of 127.0.0.1 until it goes; one request a connection.
class HttpReceiver {
 public:
  /// `answer`: the whole response, status line first; absent: connections are taken and never answered.
  explicit HttpReceiver(std::optional<std::string> answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
  ~HttpReceiver();
  HttpReceiver(const HttpReceiver&) = delete;
  HttpReceiver& operator=(const HttpReceiver&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<HttpRequest> requests() const;

 private:
  void serve();
  void take(int connection);

  std::optional<std::string> answer_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int end_ = -1;  ///< eventfd, written by the destructor
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::thread thread_;
};

}  // namespace queuetrace::test
