#include "backends/drivers/redis/command.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>
#include <memory>

#include "model/error.hpp"
#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

/// A command without sub-command, or one of its sub-commands.
struct Allowed {
  std::string_view name;
  std::string_view subcommand = {};
  bool keyed = false;  ///< the first argument after name and sub-command is a key
};

constexpr std::array allowed{
    // Values
    Allowed{"GET", {}, true},
    Allowed{"MGET", {}, true},
    Allowed{"STRLEN", {}, true},
    Allowed{"GETRANGE", {}, true},
    Allowed{"LRANGE", {}, true},
    Allowed{"LLEN", {}, true},
    Allowed{"LINDEX", {}, true},
    Allowed{"HGET", {}, true},
    Allowed{"HMGET", {}, true},
    Allowed{"HGETALL", {}, true},
    Allowed{"HLEN", {}, true},
    Allowed{"HEXISTS", {}, true},
    Allowed{"HSTRLEN", {}, true},
    Allowed{"HSCAN", {}, true},
    Allowed{"SCARD", {}, true},
    Allowed{"SISMEMBER", {}, true},
    Allowed{"SMISMEMBER", {}, true},
    Allowed{"SMEMBERS", {}, true},
    Allowed{"SSCAN", {}, true},
    Allowed{"ZCARD", {}, true},
    Allowed{"ZCOUNT", {}, true},
    Allowed{"ZSCORE", {}, true},
    Allowed{"ZMSCORE", {}, true},
    Allowed{"ZRANGE", {}, true},
    Allowed{"ZREVRANGE", {}, true},
    Allowed{"ZRANGEBYSCORE", {}, true},
    Allowed{"ZREVRANGEBYSCORE", {}, true},
    Allowed{"ZSCAN", {}, true},
    Allowed{"XLEN", {}, true},
    Allowed{"XRANGE", {}, true},
    Allowed{"XREVRANGE", {}, true},
    // Keys
    Allowed{"TYPE", {}, true},
    Allowed{"EXISTS", {}, true},
    Allowed{"TTL", {}, true},
    Allowed{"PEXPIRETIME", {}, true},
    Allowed{"PTTL", {}, true},
    Allowed{"SCAN"},
    Allowed{"DBSIZE"},
    Allowed{"OBJECT", "ENCODING", true},
    Allowed{"MEMORY", "USAGE", true},
    // Server
    Allowed{"PING"},
    Allowed{"TIME"},
    Allowed{"INFO"},
    Allowed{"ROLE"},
    Allowed{"CLIENT", "LIST"},
    Allowed{"CLIENT", "SETNAME"},
    Allowed{"CONFIG", "GET"},
    Allowed{"SLOWLOG", "GET"},
    Allowed{"FUNCTION", "LIST"},
    Allowed{"ACL", "WHOAMI"},
    Allowed{"CLUSTER", "SLOTS"},
    Allowed{"CLUSTER", "SHARDS"},
    Allowed{"CLUSTER", "INFO"},
    Allowed{"SENTINEL", "GET-MASTER-ADDR-BY-NAME"},
    Allowed{"SENTINEL", "MASTERS"},
    // Session
    Allowed{"AUTH"},
    Allowed{"SELECT"},
    Allowed{"READONLY"},
    Allowed{"ASKING"},
    Allowed{"MULTI"},
    Allowed{"EXEC"},
    Allowed{"DISCARD"},
};

const Allowed* find_allowed(const RedisCommand& command) {
  if (command.arguments.empty()) return nullptr;
  for (const Allowed& entry : allowed) {
    if (!equal_ignoring_case(command.arguments[0], entry.name)) continue;
    if (entry.subcommand.empty()) return &entry;
    if (command.arguments.size() > 1 && equal_ignoring_case(command.arguments[1], entry.subcommand)) return &entry;
  }
  return nullptr;
}

/// `EVAL script keys...`, `EVALSHA digest keys...`.
bool is_script_call(const RedisCommand& command) {
  return !command.arguments.empty() &&
         (equal_ignoring_case(command.arguments[0], "EVAL") || equal_ignoring_case(command.arguments[0], "EVALSHA"));
}

struct FreeCommand {
  void operator()(char* text) const { redisFreeCommand(text); }
};

}  // namespace

bool is_allowed_in_read_session(const RedisCommand& command) { return find_allowed(command) != nullptr; }

bool is_allowed(const RedisCommand& command, Access access) {
  return is_allowed_in_read_session(command) || (access == Access::write && is_script_call(command));
}

void append_command(std::string& wire, const RedisCommand& command, Access access) {
  if (!is_allowed(command, access)) {
    const std::string name = command.arguments.empty() ? std::string("(empty)") : command.arguments[0];
    throw Error(ErrorKind::refused,
                access == Access::read ? "Redis command not allowed in a read session" : "Redis command not allowed")
        .because(Untrusted(name));
  }
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string& argument : command.arguments) {
    texts.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  char* formatted = nullptr;
  const long long length =
      redisFormatCommandArgv(&formatted, static_cast<int>(texts.size()), texts.data(), sizes.data());
  if (length < 0) throw std::bad_alloc();
  const std::unique_ptr<char, FreeCommand> owner(formatted);
  wire.append(formatted, static_cast<std::size_t>(length));
}

std::optional<std::string_view> key_of(const RedisCommand& command) {
  if (is_script_call(command)) {  // name, script, number of keys, first key
    if (command.arguments.size() < 4 || command.arguments[2] == "0") return std::nullopt;
    return command.arguments[3];
  }
  const Allowed* entry = find_allowed(command);
  if (entry == nullptr || !entry->keyed) return std::nullopt;
  const std::size_t position = entry->subcommand.empty() ? 1 : 2;
  if (command.arguments.size() <= position) return std::nullopt;
  return command.arguments[position];
}

}  // namespace queuetrace
