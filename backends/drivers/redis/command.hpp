// One Redis command, and the lists of those that a session may send.
#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/source.hpp"

namespace queuetrace {

/// The name and the arguments as separate byte strings: data never becomes part of another argument.
struct RedisCommand {
  std::vector<std::string> arguments;
  std::optional<std::size_t> node;  ///< cluster: which master, for commands without a key; absent: by key, or any

  RedisCommand() = default;
  RedisCommand(std::initializer_list<std::string> words) : arguments(words) {}
  explicit RedisCommand(std::vector<std::string> words) : arguments(std::move(words)) {}
};

/// Whether the command only reads and cannot hold the server up (no KEYS). Names and sub-commands in any case.
bool is_allowed_in_read_session(const RedisCommand& command);

/// Whether a session may send it: the read commands, and for `write` also the running of scripts (EVAL, EVALSHA). All
/// that changes anything is a script, so that it checks and changes in one step.
bool is_allowed(const RedisCommand& command, Access access);

/// A command in wire form.
class WireCommand {
 public:
  std::string_view bytes() const { return {text_.get(), size_}; }

 private:
  friend WireCommand in_wire_form(const RedisCommand& command, Access access);
  struct Free {
    void operator()(char* text) const;
  };
  std::unique_ptr<char, Free> text_;
  std::size_t size_ = 0;
};

/// This is the only way to a server; throws Error{refused} for a command that is not allowed.
WireCommand in_wire_form(const RedisCommand& command, Access access);

/// The key the command is about, for finding its node; absent for commands without one.
std::optional<std::string_view> key_of(const RedisCommand& command);

/// Where among the arguments of a read command its key is; absent for commands without one, and for scripts.
std::optional<std::size_t> place_of_key(const RedisCommand& command);

}  // namespace queuetrace
