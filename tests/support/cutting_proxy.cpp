#include "tests/support/cutting_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string>

#include "tests/support/loopback_listener.hpp"

namespace queuetrace::test {
namespace {

constexpr int look_again = 20;         // ms: how soon a proxy that goes is noticed
constexpr int server_answers = 2'000;  // ms: a request that is to be cut after its answer

/// Closes what it holds.
struct Descriptor {
  int number = -1;
  explicit Descriptor(int opened) : number(opened) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
};

int connect_to(const std::filesystem::path& path) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  std::strncpy(name.sun_path, path.c_str(), sizeof name.sun_path - 1);
  if (::connect(descriptor, reinterpret_cast<sockaddr*>(&name), sizeof name) == 0) return descriptor;
  ::close(descriptor);
  return -1;
}

bool send_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool is_readable(int descriptor, int milliseconds) {
  pollfd waiting{descriptor, POLLIN, 0};
  return ::poll(&waiting, 1, milliseconds) > 0;
}

}  // namespace

CuttingProxy::CuttingProxy(std::filesystem::path server_socket, Judge judge)
    : server_socket_(std::move(server_socket)), judge_(std::move(judge)) {
  const LoopbackListener listener = listen_on_loopback();
  listener_ = listener.descriptor;
  port_ = listener.port;
  accepting_ = std::jthread([this] { accept_connections(); });
}

CuttingProxy::~CuttingProxy() {
  over_ = true;
  accepting_.join();
  ::close(listener_);
}

void CuttingProxy::accept_connections() {
  while (!over_) {
    if (!is_readable(listener_, look_again)) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) connections_.emplace_back([this, client] { forward(client); });
  }
  connections_.clear();
}

void CuttingProxy::forward(int accepted) {
  const Descriptor client(accepted);
  const Descriptor server(connect_to(server_socket_));
  if (server.number < 0) return;
  std::array<char, 65536> buffer;
  while (!over_) {
    std::array<pollfd, 2> waiting{pollfd{client.number, POLLIN, 0}, pollfd{server.number, POLLIN, 0}};
    if (::poll(waiting.data(), waiting.size(), look_again) <= 0) continue;
    if (waiting[1].revents != 0) {
      const ssize_t count = ::read(server.number, buffer.data(), buffer.size());
      if (count <= 0 || !send_all(client.number, {buffer.data(), static_cast<std::size_t>(count)})) return;
    }
    if (waiting[0].revents != 0) {
      const ssize_t count = ::read(client.number, buffer.data(), buffer.size());
      if (count <= 0) return;
      const std::string_view request(buffer.data(), static_cast<std::size_t>(count));
      Verdict verdict = Verdict::pass;
      {
        const std::scoped_lock lock(judging_);
        verdict = judge_(request);
      }
      if (verdict != Verdict::pass) ++cuts_;
      if (verdict == Verdict::silence) {
        while (!over_) ::poll(nullptr, 0, look_again);
        return;
      }
      if (verdict == Verdict::cut_before || !send_all(server.number, request)) return;
      if (verdict == Verdict::cut_after) {
        is_readable(server.number, server_answers);
        return;
      }
    }
  }
}

CuttingProxy::Judge cut_at(std::string_view text, int number, Verdict verdict) {
  return [text = std::string(text), left = std::make_shared<int>(number), verdict](std::string_view request) {
    if (request.find(text) == std::string_view::npos) return Verdict::pass;
    return --*left == 0 ? verdict : Verdict::pass;
  };
}

}  // namespace queuetrace::test
