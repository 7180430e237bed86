// A network that fails at a chosen moment: forwards TCP connections to a server's Unix socket and cuts them.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace queuetrace::test {

/// What happens to a request. `cut_before`: both sides are closed, the server never sees it. `cut_after`: the server
/// gets it and answers; nobody hears the answer. `silence`: the server never sees it nor what comes after it, and
/// nothing is closed.
enum class Verdict { pass, cut_before, cut_after, silence };

/// Runs until it goes.
class CuttingProxy {
 public:
  /// Asked with each piece of each request, from one thread at a time.
  using Judge = std::function<Verdict(std::string_view request)>;

  CuttingProxy(std::filesystem::path server_socket, Judge judge);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  /// On 127.0.0.1.
  std::uint16_t port() const { return port_; }
  int cuts() const { return cuts_; }

 private:
  void accept_connections();
  void forward(int client);

  std::filesystem::path server_socket_;
  Judge judge_;
  std::mutex judging_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> over_{false};
  std::atomic<int> cuts_{0};
  std::vector<std::jthread> connections_;  ///< of the accepting thread
  std::jthread accepting_;
};

/// Cuts once: at the `number`th request (from 1) that holds `text`.
CuttingProxy::Judge cut_at(std::string_view text, int number, Verdict verdict);

}  // namespace queuetrace::test
