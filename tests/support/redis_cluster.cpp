#include "tests/support/redis_cluster.hpp"

#include <chrono>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "backends/drivers/redis/hash_slot.hpp"

namespace queuetrace::test {
namespace {

constexpr std::size_t masters = 3;
const std::vector<std::string> options{
    "--cluster-enabled",          "yes", "--cluster-node-timeout", "1500", "--cluster-replica-validity-factor", "0",
    "--repl-diskless-sync-delay", "0"};

std::size_t first_slot(std::size_t master) { return master * cluster_slots / masters; }

std::string port_of(const RedisServer& server) { return std::to_string(server.port()); }

/// At most a minute.
void wait_for(const auto& holds) {
  for (int look = 0; !holds(); ++look) {
    if (look == 3'000) throw std::runtime_error("the test's Redis Cluster does not become what it should be");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

bool says(RedisServer& server, const std::vector<std::string>& command, const std::string& words) {
  return server.ask(command).find(words) != std::string::npos;
}

}  // namespace

RedisCluster::RedisCluster(bool with_replicas) : owners_(cluster_slots) {
  std::vector<RedisServer*> servers;
  for (std::size_t number = 0; number < masters; ++number) {
    masters_[number] = std::make_unique<RedisServer>(options);
    const std::size_t first = first_slot(number), end = first_slot(number + 1);
    masters_[number]->run({{"CLUSTER", "ADDSLOTSRANGE", std::to_string(first), std::to_string(end - 1)},
                           {"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(number + 1)}});
    std::fill(owners_.begin() + static_cast<long>(first), owners_.begin() + static_cast<long>(end), number);
    servers.push_back(masters_[number].get());
  }
  for (std::size_t number = 0; with_replicas && number < masters; ++number)
    servers.push_back(replicas_.emplace_back(std::make_unique<RedisServer>(options)).get());
  meet(servers);
  for (std::size_t number = 0; number < replicas_.size(); ++number) {
    replicas_[number]->run({{"CLUSTER", "REPLICATE", masters_[number]->ask({"CLUSTER", "MYID"})}});
    wait_for([&] { return says(*replicas_[number], {"INFO", "replication"}, "master_link_status:up"); });
  }
}

void RedisCluster::meet(const std::vector<RedisServer*>& servers) {
  for (const RedisServer* other : servers)
    if (other != servers.front()) servers.front()->run({{"CLUSTER", "MEET", "127.0.0.1", port_of(*other)}});
  const std::string known = "cluster_known_nodes:" + std::to_string(servers.size());
  for (RedisServer* server : servers)
    wait_for([&] {
      return says(*server, {"CLUSTER", "INFO"}, "cluster_state:ok") && says(*server, {"CLUSTER", "INFO"}, known);
    });
}

std::size_t RedisCluster::slot_of(const std::string& key) { return hash_slot(key); }

std::string RedisCluster::url() const { return "redis+cluster://127.0.0.1:" + port_of(*masters_[0]); }

RedisTarget RedisCluster::target() const {
  RedisTarget target = masters_[0]->tcp_target();
  target.kind = RedisTarget::Kind::cluster;
  return target;
}

void RedisCluster::run(const std::vector<std::vector<std::string>>& commands) {
  for (const std::vector<std::string>& command : commands) masters_[owner_of(command.at(1))]->run({command});
}

std::string RedisCluster::ask(const std::vector<std::string>& command) {
  return masters_[owner_of(command.at(1))]->ask(command);
}

void RedisCluster::begin_to_move(const std::string& key, std::size_t to) {
  const std::string slot = std::to_string(slot_of(key));
  RedisServer& from = master(owner_of(key));
  master(to).run({{"CLUSTER", "SETSLOT", slot, "IMPORTING", from.ask({"CLUSTER", "MYID"})}});
  from.run({{"CLUSTER", "SETSLOT", slot, "MIGRATING", master(to).ask({"CLUSTER", "MYID"})}});
}

void RedisCluster::move(const std::vector<std::string>& keys, std::size_t to) {
  std::vector<std::string> migrate{"MIGRATE", "127.0.0.1", port_of(master(to)), "", "0", "5000", "KEYS"};
  migrate.insert(migrate.end(), keys.begin(), keys.end());
  master(owner_of(keys.front())).run({migrate});
}

void RedisCluster::finish_moving(const std::string& key, std::size_t to) {
  const std::string slot = std::to_string(slot_of(key));
  RedisServer& from = master(owner_of(key));
  std::istringstream left(from.ask({"CLUSTER", "GETKEYSINSLOT", slot, "1000"}));
  std::vector<std::string> keys;
  for (std::string one; left >> one;) keys.push_back(one);
  if (!keys.empty()) move(keys, to);
  const std::string id = master(to).ask({"CLUSTER", "MYID"});
  master(to).run({{"CLUSTER", "SETSLOT", slot, "NODE", id}});
  for (const std::unique_ptr<RedisServer>& one : masters_)
    if (one.get() != masters_[to].get()) one->run({{"CLUSTER", "SETSLOT", slot, "NODE", id}});
  owners_[slot_of(key)] = to;
}

void RedisCluster::lose(std::size_t number) {
  // What the replica has not yet read would be lost with the master.
  const auto offset = [](RedisServer& server) {
    const std::string told = server.ask({"INFO", "replication"}), name = "master_repl_offset:";
    const std::size_t at = told.find(name);
    return told.substr(at, told.find('\r', at) - at);
  };
  wait_for([&] { return offset(*masters_[number]) == offset(*replicas_.at(number)); });
  masters_[number]->kill();
  std::swap(masters_[number], replicas_.at(number));
  wait_for([&] { return says(*masters_[number], {"INFO", "replication"}, "role:master"); });
  for (const std::unique_ptr<RedisServer>& one : masters_)
    wait_for([&] {
      return says(*one, {"CLUSTER", "INFO"}, "cluster_state:ok") &&
             says(*one, {"CLUSTER", "SLOTS"}, masters_[number]->ask({"CLUSTER", "MYID"}));
    });
}

}  // namespace queuetrace::test
