// What is written to queues of Celery, and to its results.
#include <doctest/doctest.h>

#include "backends/systems/celery/system.hpp"
#include "tests/systems/celery/messages.hpp"
#include "tests/systems/redis_writes.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

Action action(ActionKind kind, const std::string& queue = {}) {
  Action out;
  out.kind = kind;
  out.queue = queue;
  return out;
}

using Numbers = std::map<std::string, int>;
const std::string far_ahead = "2100-01-01T00:00:00+00:00";

}  // namespace

TEST_CASE("a message with an eta waits without it, and nothing else of it changes") {
  for (const bool front : {false, true}) {
    CAPTURE(front);
    RedisServer server;
    server.run(celery_queue());
    const std::string step = "celery" + celery_separator + "3";
    server.run({{"LPUSH", "celery", celery_message("1"), celery_message("2", {{"eta", far_ahead}, {"x", "\u00fc"}})},
                {"LPUSH", step, celery_message("3", {{"eta", far_ahead}, {"retries", 2}})}});
    server.run({{"LPUSH", "celery", celery_message("4")}});
    WritableStore store(server, celery::system);
    Action retry = action(ActionKind::retry);
    retry.front = front;
    const std::vector<Target> targets = store.plan(retry);
    CHECK(counts(store.apply(retry, targets)) == Numbers{{"already", 2}, {"done", 2}});
    CHECK(server.ask({"LINDEX", "celery", front ? "-1" : "0"}) == celery_message("2", {{"x", "\u00fc"}}));
    CHECK(server.ask({"LLEN", "celery"}) == "3");
    CHECK(server.ask({"LINDEX", step, "0"}) == celery_message("3", {{"retries", 2}}));
    CHECK(counts(store.apply(retry, targets)) == Numbers{{"already", 2}, {"changed", 2}});
  }
}

TEST_CASE("a message moves with its priority, and would be given back to the queue it is in") {
  RedisServer server;
  server.run(celery_queue());
  server.run(
      {{"LPUSH", "celery" + celery_separator + "3", celery_message("1")}, {"LPUSH", "celery", celery_message("2")}});
  WritableStore store(server, celery::system);
  const Action move = action(ActionKind::move, "low:\u00fc \"x\"");
  CHECK(counts(store.apply(move, store.plan(move))) == Numbers{{"done", 2}});
  const std::string moved = server.ask({"LINDEX", "low:\u00fc \"x\"" + celery_separator + "3", "0"});
  nlohmann::ordered_json expected = nlohmann::ordered_json::parse(celery_message("1"));
  expected["properties"]["delivery_info"]["routing_key"] = "low:\u00fc \"x\"";
  CHECK(nlohmann::ordered_json::parse(moved) == expected);
  CHECK(server.ask({"LLEN", "low:\u00fc \"x\""}) == "1");
  CHECK(server.ask({"EXISTS", "celery"}) == "0");
  CHECK(server.ask({"SMEMBERS", "_kombu.binding.low:\u00fc \"x\""}) ==
        "low:\u00fc \"x\"" + celery_separator + celery_separator + "low:\u00fc \"x\"");
}

TEST_CASE("waiting messages are removed, and what a worker holds is left alone") {
  for (const ActionKind kind : {ActionKind::cancel, ActionKind::erase}) {
    RedisServer server;
    server.run(celery_queue());
    server.run({{"LPUSH", "celery", celery_message("1"), "no json"}, {"LPUSH", "other", celery_message("1")}});
    server.run(celery_held("2", "1782900000"));
    server.run(celery_held("3", "1782900000", {{"eta", far_ahead}}));
    WritableStore store(server, celery::system);
    const Action removal = action(kind);
    const std::vector<Target> targets = store.plan(removal);
    CHECK(verdicts(targets).at("2").starts_with("skip: a worker holds it"));
    CHECK(verdicts(targets).at("3").starts_with("skip: a worker holds it"));
    CHECK(counts(store.apply(removal, targets)) == Numbers{{"done", 2}, {"skipped", 2}});
    CHECK(server.ask({"EXISTS", "celery"}) == "0");
    CHECK(server.ask({"LLEN", "other"}) == "1");
    CHECK(server.ask({"HLEN", "unacked"}) == "2");
    CHECK(counts(store.apply(removal, targets)) == Numbers{{"changed", 2}, {"skipped", 2}});
  }
}

TEST_CASE("a result is forgotten once its task has ended") {
  RedisServer server;
  server.run({{"SET", "celery-task-meta-1", R"({"status":"SUCCESS"})", "EX", "1000"},
              {"SET", "celery-task-meta-2", R"({"status":"STARTED"})"},
              {"SET", "celery-task-meta-3", R"({"status":"FAILURE"})"}});
  WritableStore store(server, celery::results_system);
  const Action erase = action(ActionKind::erase);
  const std::vector<Target> targets = store.plan(erase);
  store.back_up(targets);
  server.run({{"SET", "celery-task-meta-3", R"({"status":"RETRY"})"}});  // it was sent again
  CHECK(counts(store.apply(erase, targets)) == Numbers{{"changed", 1}, {"done", 1}, {"skipped", 1}});
  CHECK(server.ask({"DBSIZE"}) == "2");
  CHECK(counts(store.apply(erase, targets)) == Numbers{{"already", 1}, {"changed", 1}, {"skipped", 1}});
}
