// Asynq's messages: what is read of them, and that bytes which are none are told as such.
#include <doctest/doctest.h>

#include "backends/systems/asynq/messages.hpp"
#include "backends/systems/asynq/wire_reader.hpp"
#include "tests/systems/asynq/tasks.hpp"

using namespace queuetrace;
using namespace queuetrace::test;
using namespace queuetrace::asynq;

namespace {

/// Field numbers of a message, and `!` where it is damaged.
std::string fields_of(const std::string& bytes) {
  std::string text;
  WireReader fields(bytes);
  while (fields.next()) text += std::to_string(fields.field()) + " ";
  CHECK_FALSE(fields.next());
  return text + (fields.intact() ? "" : "!");
}

}  // namespace

TEST_CASE("every type of field is read, and later ones of the same number win") {
  const std::string message = asynq_message("id") + wire_number(6, 3) + wire_number(6, 4) + wire_number(99, 1) +
                              wire_bytes(15, wire_bytes(1, "a") + wire_bytes(2, "b")) + "\xa1\x06" + "12345678" +
                              "\xa5\x06" + "1234";
  CHECK(fields_of(message) == "1 2 3 4 5 6 6 99 15 100 100 ");
  const TaskMessage task = read_task(message);
  CHECK(task.readable);
  CHECK(task.type == "send");
  CHECK(task.payload == "{}");
  CHECK(task.id == "id");
  CHECK(task.queue == "mail");
  CHECK(task.most_retries == 25);
  CHECK(task.retried == 4);
  REQUIRE(task.headers.size() == 1);
  CHECK(task.headers[0].first == "a");
  CHECK(task.headers[0].second == "b");
  // A number where bytes belong, and bytes where a number belongs, are nothing.
  CHECK_FALSE(read_task(wire_number(1, 5) + wire_bytes(3, "id")).readable);
  CHECK(read_task(asynq_message("id", wire_bytes(6, "7"))).retried == 0);
}

TEST_CASE("bytes that are no message, or end too early, are told as such at every length") {
  const std::string message = asynq_message("id", wire_bytes(7, "boom"));
  for (std::size_t size = 0; size < message.size(); ++size) {
    CAPTURE(size);
    const TaskMessage task = read_task(std::string_view(message).substr(0, size));
    CHECK((task.type.empty() || task.type == "send"));
    CHECK(task.error.empty());
  }
  for (const std::string& bytes :
       {std::string("\0", 1), std::string("\x03"), std::string("\x0b\x0c"), std::string("\x0f"),
        std::string("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), std::string(11, '\xff'), std::string("\x0a\x05x"),
        std::string("\x09x"), std::string("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), std::string("text")}) {
    CAPTURE(bytes);
    CHECK(fields_of(bytes).ends_with("!"));
    CHECK_FALSE(read_task(bytes).readable);
    CHECK_FALSE(read_worker(bytes));
    CHECK_FALSE(read_server(bytes));
  }
  CHECK(fields_of("").empty());
  CHECK_FALSE(read_task("").readable);
}

TEST_CASE("numbers out of any use are bounded, and so are headers") {
  std::string many = asynq_message("id") + wire_number(6, UINT64_MAX) + wire_number(11, UINT64_MAX);
  for (int i = 0; i < 1000; ++i) many += wire_bytes(15, wire_bytes(1, std::to_string(i)));
  const TaskMessage task = read_task(many);
  CHECK(task.readable);
  CHECK(task.retried == 0);
  CHECK(task.headers.size() == 64);
  CHECK_FALSE(time_at(task.last_failed));
  CHECK_FALSE(time_at(253'402'300'800));
  CHECK(read_task(asynq_message("id", wire_number(6, INT64_MAX))).retried == INT32_MAX);
}

TEST_CASE("a worker and a server say who they are") {
  const std::string moment = wire_number(1, 1782900000) + wire_number(2, 1'500'000);
  const std::optional<WorkerInfo> worker =
      read_worker(wire_bytes(1, "host") + wire_number(2, 7) + wire_bytes(3, "s") + wire_bytes(8, moment));
  REQUIRE(worker);
  CHECK(worker->worker == "host:7:s");
  REQUIRE(worker->started_at);
  CHECK(to_rfc3339(*worker->started_at) == "2026-07-01T10:00:00.001Z");
  const std::optional<ServerInfo> server = read_server(asynq_server("a:b", "stopped")[1][2]);
  REQUIRE(server);
  CHECK(server->queues == std::set<std::string>{"a:b"});
  CHECK_FALSE(server->takes_tasks);
}
