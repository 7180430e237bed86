// What a server may answer to a command: an answer of another form is no answer, and is taken for nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "backends/drivers/redis/reply.hpp"

namespace queuetrace {

struct RedisCommand;

enum class ReplyShape {
  any,
  status,
  integer,
  integer_or_nil,
  string,  ///< as any place for a string, one that is not there (nil) is allowed where `_or_nil` says so
  string_or_nil,
  strings,  ///< an array of strings
  pairs,    ///< the same, an even number
  strings_or_nils,
  integers,
  scan,        ///< a cursor and an array of strings
  scan_pairs,  ///< the same, an even number
  entries,     ///< of a stream: an id and an array of strings each
  array,       ///< of anything
  array_or_nil
};

/// The form of the answer to one command.
struct ExpectedReply {
  std::string_view name;  ///< the command's, as the list of commands writes it
  ReplyShape shape = ReplyShape::any;
  std::optional<std::size_t> count;  ///< elements of the array; absent: any number
  std::optional<std::size_t> most;   ///< elements at most
  std::string cursor;                ///< of a scan: the one asked with
  bool may_be_queued = false;        ///< inside MULTI, where the answer comes with that of EXEC

  bool is_scan() const { return shape == ReplyShape::scan || shape == ReplyShape::scan_pairs; }
  /// Throws Error{unreachable} (protocol error) for an answer of another form. Error replies have the form of all.
  void check(Reply::View reply) const;
};

/// Of a command that is on the list of commands, or runs a script.
ExpectedReply expected_reply(const RedisCommand& command);

/// What the list of commands names for it: any for one that is not on it, as scripts are not.
ExpectedReply form_of_reply(const RedisCommand& command);

}  // namespace queuetrace
