#include "backends/drivers/redis/connection.hpp"

#include <algorithm>
#include <cstdint>

#include "backends/drivers/redis/cluster.hpp"
#include "backends/drivers/redis/protocol_error.hpp"
#include "backends/drivers/redis/reply_error.hpp"
#include "backends/drivers/redis/sentinel.hpp"
#include "backends/drivers/redis/session.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// Of the answers to one pipeline. What is read of jobs is a tenth of it.
constexpr std::uint64_t most_at_once = 48u << 20;

/// Everything over one session.
class StandaloneConnection : public RedisConnection {
 public:
  StandaloneConnection(const RedisAddress& address, const RedisTarget& target)
      : session_(address, {target.user, target.password, target.database, false}, target),
        target_(to_text(address) + "/" + std::to_string(target.database)),
        access_(target.access),
        insecure_(target.tls && target.tls->insecure) {}

  void send(std::span<const RedisCommand> commands) override {
    session_.send(commands);
    outstanding_ += commands.size();
  }
  Reply receive() override {
    Reply reply = session_.receive();
    --outstanding_;
    return reply;
  }
  std::size_t outstanding() const override { return outstanding_; }
  std::size_t nodes() const override { return 1; }
  std::string target() const override { return target_; }
  Access access() const override { return access_; }
  bool insecure() const override { return insecure_; }

  std::vector<Reply> transaction(std::span<const RedisCommand> commands) override {
    std::vector<RedisCommand> wrapped{RedisCommand{"MULTI"}};
    wrapped.insert(wrapped.end(), commands.begin(), commands.end());
    wrapped.push_back(RedisCommand{"EXEC"});
    std::vector<Reply> replies = pipeline(wrapped);
    // Where transactions are refused (an ACL of read commands alone), the commands ran one after the other all the
    // same.
    if (error_word(replies.front().root()) == "NOPERM") {
      replies.erase(replies.begin());
      replies.pop_back();
      return replies;
    }
    // Where EXEC itself is, all were queued, and are forgotten.
    const bool none_refused = std::none_of(replies.begin(), replies.end() - 1,
                                           [](const Reply& reply) { return reply.is(Reply::Type::error); });
    if (none_refused && replies.back().is(Reply::Type::error) &&
        replies.back().text().find("NOPERM") != std::string_view::npos)
      return pipeline(commands);
    // A command that is refused makes EXEC fail with words that do not name it.
    for (const Reply& reply : replies) require_success(reply.root(), "read several keys at one moment");
    return split_transaction(replies.back(), commands);
  }

 private:
  /// Copies each element of EXEC's array into a reply of its own.
  static std::vector<Reply> split_transaction(const Reply& executed, std::span<const RedisCommand> commands);

  RedisSession session_;
  std::size_t outstanding_ = 0;
  std::string target_;
  Access access_;
  bool insecure_;
};

void copy_node(Reply::View from, Reply& to, std::size_t node) {
  switch (from.type()) {
    case Reply::Type::array: {
      const std::size_t first = to.nodes.size();
      to.nodes.resize(first + from.size());
      to.nodes[node] = {Reply::Type::array, static_cast<std::int64_t>(first), from.size()};
      for (std::size_t i = 0; i < from.size(); ++i) copy_node(from[i], to, first + i);
      return;
    }
    case Reply::Type::integer: to.nodes[node] = {Reply::Type::integer, from.integer(), 0}; return;
    case Reply::Type::nil: to.nodes[node] = {}; return;
    default:
      to.nodes[node] = {from.type(), static_cast<std::int64_t>(to.bytes.size()), from.text().size(), from.cut_from()};
      to.bytes.append(from.text());
  }
}

std::vector<Reply> StandaloneConnection::split_transaction(const Reply& executed,
                                                           std::span<const RedisCommand> commands) {
  require_success(executed.root(), "read several keys at one moment");
  if (executed.size() != commands.size()) throw_protocol_error("a transaction was answered in part");
  std::vector<Reply> replies(commands.size());
  for (std::size_t i = 0; i < commands.size(); ++i) {
    expected_reply(commands[i]).check(executed[i]);
    copy_node(executed[i], replies[i], 0);
  }
  return replies;
}

}  // namespace

std::vector<Reply> RedisConnection::pipeline(std::span<const RedisCommand> commands) {
  discard_outstanding();
  send(commands);
  std::vector<Reply> replies;
  replies.reserve(commands.size());
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    replies.push_back(receive());
    bytes += replies.back().bytes.size() + replies.back().nodes.size() * sizeof(Reply::Node);
    if (bytes > most_at_once)
      throw Error(ErrorKind::refused, "Redis at " + target() + " answers with more than " +
                                          std::to_string(most_at_once >> 20) + " MiB at once, which is not read")
          .with_hint("ask for fewer jobs at a time: -l, or a narrower filter");
  }
  return replies;
}

Reply RedisConnection::ask(const RedisCommand& command, const std::string& doing) {
  std::vector<Reply> replies = pipeline({&command, 1});
  require_success(replies.front().root(), doing);
  return std::move(replies.front());
}

void RedisConnection::discard_outstanding() {
  while (outstanding() > 0) receive();
}

std::shared_ptr<RedisConnection> connect_redis(const RedisTarget& target) {
  switch (target.kind) {
    case RedisTarget::Kind::standalone: return std::make_shared<StandaloneConnection>(target.addresses.front(), target);
    case RedisTarget::Kind::sentinel: return std::make_shared<StandaloneConnection>(find_master(target), target);
    case RedisTarget::Kind::cluster: return connect_cluster(target);
  }
  throw Error(ErrorKind::internal, "unknown kind of Redis target");
}

}  // namespace queuetrace
