#include "backends/drivers/redis/session.hpp"

#include "backends/drivers/redis/like_command.hpp"
#include "backends/drivers/redis/protocol_error.hpp"
#include "backends/drivers/redis/reply_error.hpp"
#include "model/error.hpp"

namespace queuetrace {

namespace {

/// Pages of one scan: the smallest ones of four billion keys.
constexpr std::uint64_t most_pages = 2'000'000;

/// A command of more bytes is sent by itself: joined with others it would be held twice.
constexpr std::size_t most_joined = 256 * 1024;

}  // namespace

/// After an error the stream is out of step. Whoever waits for nothing needs no deadline.
template <typename Work>
auto RedisSession::within(std::chrono::milliseconds wait, const Work& work) {
  try {
    return work([&] { return std::chrono::steady_clock::now() + wait; });
  } catch (const Error&) {
    socket_.reset();
    throw;
  }
}

RedisSession::RedisSession(const RedisAddress& address, const RedisLogin& login, const RedisTarget& target)
    : address_(address), access_(target.access), timeout_(target.command_timeout), buffer_(128 * 1024) {
  within(target.connect_timeout, [&](const auto& deadline) {
    socket_ = std::make_unique<Socket>(address, target.tls ? &*target.tls : nullptr, deadline());
  });
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
  LikeCommand like;
  for (const RedisCommand& command : commands) {
    if (like.add(command, wire_)) {
      asked_.push_back(asked_.back());
      continue;
    }
    const std::size_t begin = wire_.size();
    const WireCommand formed = in_wire_form(command, access_);
    const bool large = formed.bytes().size() > most_joined;
    if (!large) wire_ += formed.bytes();
    if (large) {
      // What is not allowed throws before anything of its pipeline is sent: reads are small, and scripts go alone.
      write(wire_);
      write(formed.bytes());
      wire_.clear();
      like.forget();
    } else {
      like.follow(command, wire_, begin);
    }
    ExpectedReply expected = expected_reply(command);
    const bool ends = expected.name == "EXEC" || expected.name == "DISCARD";
    expected.may_be_queued = queues_ && !ends;
    queues_ = !ends && (queues_ || expected.name == "MULTI");
    asked_.push_back(std::move(expected));
  }
  write(wire_);
}

void RedisSession::write(std::string_view bytes) {
  if (bytes.empty()) return;
  within(timeout_, [&](const auto& deadline) { socket().write(bytes, deadline()); });
}

Reply RedisSession::receive() {
  return within(timeout_, [&](const auto& deadline) {
    std::optional<Reply> reply = reader_.next();
    if (!reply) reply = read_reply(deadline());
    if (asked_.empty()) throw_protocol_error("an answer that nobody asked for");
    const ExpectedReply& asked = asked_.front();
    asked.check(reply->root());
    see_page(asked, *reply);
    asked_.pop_front();
    return std::move(*reply);
  });
}

Reply RedisSession::read_reply(Socket::Deadline deadline) {
  for (;;) {
    if (std::chrono::steady_clock::now() >= deadline) socket().time_out();  // one that never stops sending, too
    const std::size_t count = socket().read(buffer_, deadline);
    reader_.feed({buffer_.data(), count});
    if (std::optional<Reply> reply = reader_.next()) return std::move(*reply);
  }
}

void RedisSession::see_page(const ExpectedReply& asked, const Reply& reply) {
  if (!asked.is_scan() || reply.is(Reply::Type::error)) return;
  if (asked.cursor == "0") pages_ = 0;
  if (++pages_ > most_pages) throw_protocol_error(std::string(asked.name) + " does not end");
}

Reply RedisSession::exchange(const RedisCommand& command) {
  send({&command, 1});
  return receive();
}

}  // namespace queuetrace
