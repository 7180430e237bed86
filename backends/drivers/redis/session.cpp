#include "backends/drivers/redis/session.hpp"

#include "backends/drivers/redis/reply_error.hpp"
#include "model/error.hpp"

namespace queuetrace {

RedisSession::RedisSession(const RedisAddress& address, const RedisLogin& login, const RedisTarget& target)
    : address_(address), access_(target.access), timeout_(target.command_timeout), buffer_(128 * 1024) {
  socket_ = std::make_unique<Socket>(address, target.tls ? &*target.tls : nullptr,
                                     std::chrono::steady_clock::now() + target.connect_timeout);
  log_in(login);
}

void RedisSession::log_in(const RedisLogin& login) {
  if (login.password) {
    RedisCommand authenticate{"AUTH"};
    if (!login.user.empty()) authenticate.arguments.push_back(login.user);
    authenticate.arguments.push_back(login.password->reveal());
    const Reply reply = exchange(authenticate);
    if (reply.is(Reply::Type::error)) {
      if (error_word(reply.root()) == "LOADING") throw error_from(reply.root(), "log in at " + to_text(address_));
      throw Error(ErrorKind::authentication, "log-in refused by Redis at " + to_text(address_))
          .because(Untrusted(std::string(reply.text())))
          .with_hint("check the user and password of the source");
    }
  }
  if (login.database != 0) {
    const Reply reply = exchange({"SELECT", std::to_string(login.database)});
    if (error_word(reply.root()) == "ERR")
      throw Error(ErrorKind::usage,
                  "Redis at " + to_text(address_) + " has no database " + std::to_string(login.database))
          .because(Untrusted(std::string(reply.text())));
    require_success(reply.root(), "select database " + std::to_string(login.database));
  }
  if (login.cluster_reader) exchange({"READONLY"});
  const Reply named = exchange({"CLIENT", "SETNAME", "queuetrace"});
  const std::string_view word = error_word(named.root());
  if (word == "NOAUTH" || word == "LOADING") throw error_from(named.root(), "log in at " + to_text(address_));
}

Socket& RedisSession::socket() {
  if (!socket_) throw Error(ErrorKind::unreachable, "the connection to Redis at " + to_text(address_) + " is closed");
  return *socket_;
}

void RedisSession::send(std::span<const RedisCommand> commands) {
  wire_.clear();
  for (const RedisCommand& command : commands) append_command(wire_, command, access_);
  try {
    socket().write(wire_, std::chrono::steady_clock::now() + timeout_);
  } catch (const Error&) {
    socket_.reset();
    throw;
  }
}

Reply RedisSession::receive() {
  const Socket::Deadline deadline = std::chrono::steady_clock::now() + timeout_;
  try {
    for (;;) {
      if (std::optional<Reply> reply = reader_.next()) return std::move(*reply);
      const std::size_t count = socket().read(buffer_, deadline);
      reader_.feed({buffer_.data(), count});
    }
  } catch (const Error&) {
    socket_.reset();
    throw;
  }
}

Reply RedisSession::exchange(const RedisCommand& command) {
  send({&command, 1});
  return receive();
}

}  // namespace queuetrace
