// A collector-shaped HTTP server inside the test: keeps every request, answers as it is told.
#pragma once

#include <cstdint>
#include <functional>
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
  /// Answers each request with what this says about it, from the receiver's own thread.
  using Answering = std::function<std::optional<std::string>(const HttpRequest& request)>;
  explicit HttpReceiver(Answering answering);
  ~HttpReceiver();
  HttpReceiver(const HttpReceiver&) = delete;
  HttpReceiver& operator=(const HttpReceiver&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<HttpRequest> requests() const;

 private:
  void serve();
  void take(int connection);

  Answering answering_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int end_ = -1;  ///< eventfd, written by the destructor
  mutable std::mutex mutex_;
  std::vector<HttpRequest> requests_;
  std::thread thread_;
};

/// A whole response: `HTTP/1.1 200 OK`, the further headers (`Name: value\r\n` each), the body's length, the body.
std::string http_response(const std::string& body, const std::string& status = "200 OK",
                          const std::string& headers = {});

}  // namespace queuetrace::test
