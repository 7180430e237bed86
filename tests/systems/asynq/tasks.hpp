// Tasks and servers as Asynq 0.26 writes them, for tests of one system.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace queuetrace::test {

inline std::string wire_varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>((number & 0x7f) | 0x80);
  return bytes + static_cast<char>(number);
}
inline std::string wire_number(unsigned field, std::uint64_t number) {
  return wire_varint(field << 3) + wire_varint(number);
}
inline std::string wire_bytes(unsigned field, const std::string& bytes) {
  return wire_varint(field << 3 | 2) + wire_varint(bytes.size()) + bytes;
}

/// The message of a task in the queue `mail`, with further fields.
inline std::string asynq_message(const std::string& id, const std::string& more = {}) {
  return wire_bytes(1, "send") + wire_bytes(2, "{}") + wire_bytes(3, id) + wire_bytes(4, "mail") + wire_number(5, 25) +
         more;
}

/// The hash of a task in the queue `mail`.
inline std::vector<std::string> asynq_task(const std::string& id, const std::string& state,
                                           const std::vector<std::string>& fields = {}, const std::string& more = {}) {
  std::vector<std::string> command{"HSET", "asynq:{mail}:t:" + id, "msg", asynq_message(id, more), "state", state};
  command.insert(command.end(), fields.begin(), fields.end());
  return command;
}

/// A server that lives and takes from `queue`; `status` as it says it.
inline std::vector<std::vector<std::string>> asynq_server(const std::string& queue,
                                                          const std::string& status = "active") {
  const std::string entry = wire_bytes(1, queue) + wire_number(2, 1);
  return {
      {"ZADD", "asynq:servers", "4000000000", "asynq:servers:{host:1:s}"},
      {"SET", "asynq:servers:{host:1:s}",
       wire_bytes(1, "host") + wire_number(2, 1) + wire_bytes(3, "s") + wire_bytes(5, entry) + wire_bytes(7, status)}};
}

}  // namespace queuetrace::test
