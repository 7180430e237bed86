#include "backends/drivers/redis/cluster.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <map>

#include "backends/drivers/redis/hash_slot.hpp"
#include "backends/drivers/redis/reply_error.hpp"
#include "backends/drivers/redis/session.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr int redirections_allowed = 5;
constexpr std::size_t nodes_allowed = 1000;

class ClusterConnection : public RedisConnection {
 public:
  explicit ClusterConnection(const RedisTarget& target) : target_(target) {
    std::optional<Error> last;
    for (const RedisAddress& seed : target.addresses) {
      try {
        load_slots(seed);
        return;
      } catch (const Error& error) {
        last = error;
      }
    }
    throw *last;
  }

  void send(std::span<const RedisCommand> commands) override {
    for (const RedisCommand& command : commands) {
      if (!is_allowed(command, target_.access)) throw Error(ErrorKind::refused, "Redis command not allowed");
    }
    for (const RedisCommand& command : commands) {
      const RedisAddress address = address_for(command);
      session(address).send({&command, 1});
      waiting_.push_back({address, command, std::nullopt});
    }
  }

  Reply receive() override {
    if (waiting_.empty()) throw Error(ErrorKind::internal, "no Redis reply is outstanding");
    Sent sent = std::move(waiting_.front());
    waiting_.pop_front();
    Reply reply = sent.reply ? std::move(*sent.reply) : session(sent.address).receive();
    for (int hops = 0; hops < redirections_allowed; ++hops) {
      const std::string_view word = error_word(reply.root());
      if (word != "MOVED" && word != "ASK") break;
      reply = follow(reply, sent.command);
    }
    return reply;
  }

  std::size_t outstanding() const override { return waiting_.size(); }
  std::size_t nodes() const override { return masters_.size(); }
  bool clustered() const override { return true; }
  std::string target() const override { return to_text(target_.addresses.front()) + " (cluster)"; }
  Access access() const override { return target_.access; }
  bool insecure() const override { return target_.tls && target_.tls->insecure; }

  // Keys of one system share no hash tag, so their slots differ and one moment cannot be had.
  std::vector<Reply> transaction(std::span<const RedisCommand> commands) override { return pipeline(commands); }

 private:
  struct Sent {
    RedisAddress address;
    RedisCommand command;
    std::optional<Reply> reply;  ///< when it had to be read early
  };

  RedisSession& session(const RedisAddress& address) {
    std::unique_ptr<RedisSession>& slot = sessions_[address];
    if (!slot)
      slot = std::make_unique<RedisSession>(address, RedisLogin{target_.user, target_.password, 0, true}, target_);
    return *slot;
  }

  RedisAddress address_for(const RedisCommand& command) const {
    if (command.node) return masters_.at(*command.node);
    const std::optional<std::string_view> key = key_of(command);
    if (!key) return masters_.front();
    const int owner = owners_[hash_slot(*key)];
    return owner < 0 ? masters_.front() : masters_[static_cast<std::size_t>(owner)];
  }

  std::size_t master_index(const RedisAddress& address) {
    const auto found = std::find(masters_.begin(), masters_.end(), address);
    if (found != masters_.end()) return static_cast<std::size_t>(found - masters_.begin());
    if (masters_.size() >= nodes_allowed) throw Error(ErrorKind::unreachable, "the Redis Cluster names too many nodes");
    masters_.push_back(address);
    return masters_.size() - 1;
  }

  void load_slots(const RedisAddress& seed) {
    RedisSession& asked = session(seed);
    const RedisCommand question{"CLUSTER", "SLOTS"};
    asked.send({&question, 1});
    const Reply reply = asked.receive();
    require_success(reply.root(), "read the slots of the cluster");
    owners_.fill(-1);
    for (std::size_t i = 0; i < reply.size(); ++i) {
      const Reply::View range = reply[i];
      if (range.size() < 3 || range[2].size() < 2) continue;
      RedisAddress address{std::string(range[2][0].text()), static_cast<std::uint16_t>(range[2][1].integer()), {}};
      if (address.host.empty() || address.host == "?") address.host = seed.host;
      const int owner = static_cast<int>(master_index(address));
      const std::int64_t first = std::max<std::int64_t>(0, range[0].integer());
      const std::int64_t last = std::min<std::int64_t>(cluster_slots - 1, range[1].integer());
      for (std::int64_t slot = first; slot <= last; ++slot) owners_[static_cast<std::size_t>(slot)] = owner;
    }
    if (masters_.empty()) throw Error(ErrorKind::unreachable, "the Redis Cluster serves no slots");
  }

  /// Asks again where the redirection (`MOVED slot host:port`, `ASK slot host:port`) points.
  Reply follow(const Reply& redirection, const RedisCommand& command) {
    const std::string_view text = redirection.text();
    const std::size_t slot_at = text.find(' ') + 1;
    const std::size_t host_at = text.rfind(' ') + 1;
    unsigned slot = 0;
    const auto [end, error] = std::from_chars(text.data() + slot_at, text.data() + text.size(), slot);
    if (error != std::errc{} || slot >= cluster_slots || host_at <= slot_at || end == text.data() + text.size())
      throw Error(ErrorKind::unreachable, "the Redis Cluster redirects to nowhere")
          .because(Untrusted(std::string(text)));
    const std::string where(text.substr(host_at));
    const std::size_t colon = where.rfind(':');
    const RedisAddress port = parse_addresses("node" + where.substr(std::min(colon, where.size())), 6379).front();
    RedisAddress address{where.substr(0, colon), port.port, {}};
    if (address.host.empty()) address.host = target_.addresses.front().host;
    RedisSession& next = session(address);
    if (text.starts_with("ASK")) {
      const std::array<RedisCommand, 2> pair{RedisCommand{"ASKING"}, command};
      take_replies_before(address);
      next.send(pair);
      next.receive();
    } else {
      owners_[slot] = static_cast<int>(master_index(address));
      take_replies_before(address);
      next.send({&command, 1});
    }
    return next.receive();
  }

  /// A redirected command must not read the replies other commands wait for at that node: those are taken first.
  void take_replies_before(const RedisAddress& address) {
    for (Sent& sent : waiting_)
      if (sent.address == address && !sent.reply) sent.reply = session(address).receive();
  }

  RedisTarget target_;
  std::vector<RedisAddress> masters_;
  std::array<int, cluster_slots> owners_{};
  std::map<RedisAddress, std::unique_ptr<RedisSession>> sessions_;
  std::deque<Sent> waiting_;
};

}  // namespace

std::shared_ptr<RedisConnection> connect_cluster(const RedisTarget& target) {
  return std::make_shared<ClusterConnection>(target);
}

}  // namespace queuetrace
