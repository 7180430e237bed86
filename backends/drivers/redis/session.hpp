// A logged-in conversation with one server.
#pragma once

#include <deque>
#include <memory>
#include <span>

#include "backends/drivers/redis/command.hpp"
#include "backends/drivers/redis/reply_reader.hpp"
#include "backends/drivers/redis/reply_shape.hpp"
#include "backends/drivers/redis/socket.hpp"
#include "backends/drivers/redis/target.hpp"

namespace queuetrace {

/// What a session says first.
struct RedisLogin {
  std::string user;
  std::optional<Secret> password;
  int database = 0;
  bool cluster_reader = false;  ///< READONLY, so that replicas answer
};

/// After an error of kind unreachable the session is closed for good.
class RedisSession {
 public:
  /// Connects and logs in. Throws Error: unreachable, authentication, usage.
  RedisSession(const RedisAddress& address, const RedisLogin& login, const RedisTarget& target);

  void send(std::span<const RedisCommand> commands);
  Reply receive();
  const RedisAddress& address() const { return address_; }

 private:
  void log_in(const RedisLogin& login);
  Reply exchange(const RedisCommand& command);
  Socket& socket();
  void write(std::string_view bytes);

  /// Does `work`, which must end before the deadline it may ask for.
  template <typename Work>
  auto within(std::chrono::milliseconds wait, const Work& work);
  Reply read_reply(Socket::Deadline deadline);
  void see_page(const ExpectedReply& asked, const Reply& reply);

  RedisAddress address_;
  Access access_;
  std::chrono::milliseconds timeout_;
  std::unique_ptr<Socket> socket_;
  ReplyReader reader_;
  std::string wire_;
  std::vector<char> buffer_;
  std::deque<ExpectedReply> asked_;  ///< what was sent and not answered
  bool queues_ = false;              ///< inside MULTI
  std::uint64_t pages_ = 0;          ///< of a scan since its beginning
};

}  // namespace queuetrace
