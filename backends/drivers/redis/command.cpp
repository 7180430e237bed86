#include "backends/drivers/redis/command.hpp"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <array>

#include "backends/drivers/redis/reply_shape.hpp"
#include "model/error.hpp"
#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

/// A command without sub-command, or one of its sub-commands, and what a server may answer.
struct Allowed {
  std::string_view name;
  std::string_view subcommand;
  ReplyShape reply;
  bool keyed = false;  ///< the first argument after name and sub-command is a key
};

constexpr std::array allowed{
    // Values
    Allowed{"GET", {}, ReplyShape::string_or_nil, true},
    Allowed{"MGET", {}, ReplyShape::strings_or_nils, true},
    Allowed{"STRLEN", {}, ReplyShape::integer, true},
    Allowed{"GETRANGE", {}, ReplyShape::string, true},
    Allowed{"LRANGE", {}, ReplyShape::strings, true},
    Allowed{"LLEN", {}, ReplyShape::integer, true},
    Allowed{"LINDEX", {}, ReplyShape::string_or_nil, true},
    Allowed{"HGET", {}, ReplyShape::string_or_nil, true},
    Allowed{"HMGET", {}, ReplyShape::strings_or_nils, true},
    Allowed{"HGETALL", {}, ReplyShape::pairs, true},
    Allowed{"HLEN", {}, ReplyShape::integer, true},
    Allowed{"HEXISTS", {}, ReplyShape::integer, true},
    Allowed{"HSTRLEN", {}, ReplyShape::integer, true},
    Allowed{"HSCAN", {}, ReplyShape::scan_pairs, true},
    Allowed{"SCARD", {}, ReplyShape::integer, true},
    Allowed{"SISMEMBER", {}, ReplyShape::integer, true},
    Allowed{"SMISMEMBER", {}, ReplyShape::integers, true},
    Allowed{"SMEMBERS", {}, ReplyShape::strings, true},
    Allowed{"SSCAN", {}, ReplyShape::scan, true},
    Allowed{"ZCARD", {}, ReplyShape::integer, true},
    Allowed{"ZCOUNT", {}, ReplyShape::integer, true},
    Allowed{"ZSCORE", {}, ReplyShape::string_or_nil, true},
    Allowed{"ZMSCORE", {}, ReplyShape::strings_or_nils, true},
    Allowed{"ZRANGE", {}, ReplyShape::strings, true},
    Allowed{"ZREVRANGE", {}, ReplyShape::strings, true},
    Allowed{"ZRANGEBYSCORE", {}, ReplyShape::strings, true},
    Allowed{"ZREVRANGEBYSCORE", {}, ReplyShape::strings, true},
    Allowed{"ZSCAN", {}, ReplyShape::scan_pairs, true},
    Allowed{"XLEN", {}, ReplyShape::integer, true},
    Allowed{"XRANGE", {}, ReplyShape::entries, true},
    Allowed{"XREVRANGE", {}, ReplyShape::entries, true},
    // Keys
    Allowed{"TYPE", {}, ReplyShape::status, true},
    Allowed{"EXISTS", {}, ReplyShape::integer, true},
    Allowed{"TTL", {}, ReplyShape::integer, true},
    Allowed{"PEXPIRETIME", {}, ReplyShape::integer, true},
    Allowed{"PTTL", {}, ReplyShape::integer, true},
    Allowed{"SCAN", {}, ReplyShape::scan},
    Allowed{"DBSIZE", {}, ReplyShape::integer},
    Allowed{"OBJECT", "ENCODING", ReplyShape::string_or_nil, true},
    Allowed{"MEMORY", "USAGE", ReplyShape::integer_or_nil, true},
    // Server
    Allowed{"PING", {}, ReplyShape::any},
    Allowed{"TIME", {}, ReplyShape::strings},
    Allowed{"INFO", {}, ReplyShape::string},
    Allowed{"ROLE", {}, ReplyShape::array},
    Allowed{"CLIENT", "LIST", ReplyShape::string},
    Allowed{"CLIENT", "SETNAME", ReplyShape::status},
    Allowed{"CONFIG", "GET", ReplyShape::strings},
    Allowed{"SLOWLOG", "GET", ReplyShape::array},
    Allowed{"FUNCTION", "LIST", ReplyShape::array},
    Allowed{"ACL", "WHOAMI", ReplyShape::string},
    Allowed{"CLUSTER", "SLOTS", ReplyShape::array},
    Allowed{"CLUSTER", "SHARDS", ReplyShape::array},
    Allowed{"CLUSTER", "INFO", ReplyShape::string},
    Allowed{"SENTINEL", "GET-MASTER-ADDR-BY-NAME", ReplyShape::array_or_nil},
    Allowed{"SENTINEL", "MASTERS", ReplyShape::array},
    // Session
    Allowed{"AUTH", {}, ReplyShape::status},
    Allowed{"SELECT", {}, ReplyShape::status},
    Allowed{"READONLY", {}, ReplyShape::status},
    Allowed{"ASKING", {}, ReplyShape::status},
    Allowed{"MULTI", {}, ReplyShape::status},
    Allowed{"EXEC", {}, ReplyShape::array_or_nil},
    Allowed{"DISCARD", {}, ReplyShape::status},
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

}  // namespace

bool is_allowed_in_read_session(const RedisCommand& command) { return find_allowed(command) != nullptr; }

bool is_allowed(const RedisCommand& command, Access access) {
  return is_allowed_in_read_session(command) || (access == Access::write && is_script_call(command));
}

void WireCommand::Free::operator()(char* text) const { redisFreeCommand(text); }

WireCommand in_wire_form(const RedisCommand& command, Access access) {
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
  WireCommand out;
  out.text_.reset(formatted);
  out.size_ = static_cast<std::size_t>(length);
  return out;
}

ExpectedReply form_of_reply(const RedisCommand& command) {
  ExpectedReply form;
  if (const Allowed* entry = find_allowed(command)) {
    form.name = entry->name;
    form.shape = entry->reply;
  }
  return form;
}

std::optional<std::string_view> key_of(const RedisCommand& command) {
  if (is_script_call(command)) {  // name, script, number of keys, first key
    if (command.arguments.size() < 4 || command.arguments[2] == "0") return std::nullopt;
    return command.arguments[3];
  }
  const std::optional<std::size_t> place = place_of_key(command);
  return place ? std::optional<std::string_view>(command.arguments[*place]) : std::nullopt;
}

std::optional<std::size_t> place_of_key(const RedisCommand& command) {
  const Allowed* entry = find_allowed(command);
  if (entry == nullptr || !entry->keyed) return std::nullopt;
  const std::size_t place = entry->subcommand.empty() ? 1 : 2;
  return command.arguments.size() > place ? std::optional(place) : std::nullopt;
}

}  // namespace queuetrace
