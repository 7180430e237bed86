// What is read of Celery's messages and results, where a fixture cannot say it.
#include <doctest/doctest.h>

#include "backends/systems/celery/parts.hpp"
#include "backends/systems/celery/system.hpp"
#include "tests/systems/celery/messages.hpp"
#include "tests/systems/redis_diagnosis.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

using Words = std::vector<std::string>;

Words addresses(RedisServer& server) {
  const RedisSystem* const systems[] = {&celery::system, &celery::results_system};
  Source source;
  source.name = "src";
  Words out;
  try {
    for (const auto& store : open_redis_stores(connect_redis(server.target()), source, systems))
      out.push_back(store->address());
  } catch (const std::exception&) {  // nothing found
  }
  return out;
}

std::string parts_of(std::string_view member, std::string_view separator) {
  const std::optional<celery::Binding> binding = celery::read_binding(member, separator);
  return binding ? std::string(binding->routing_key) + " -> " + std::string(binding->queue) : "none";
}

}  // namespace

TEST_CASE("broker and results are found under their own prefixes, and what only looks like them is not") {
  RedisServer server;
  server.run({{"SET", "_kombu.binding.celery", "x"},
              {"SADD", "_kombu.binding_permanent.celery", "x"},
              {"SET", "celery-taskset-meta-1", "x"},
              {"HSET", "celery-task-meta-1", "a", "b"}});
  CHECK(addresses(server).empty());
  server.run({{"SADD", "acme:_kombu.binding.low", "low" + celery_separator + celery_separator + "low"}});
  CHECK(addresses(server) == Words{"src"});
  server.run({{"SET", "acme_celery-task-meta-1", R"({"status":"SUCCESS"})"}});
  CHECK(addresses(server) == Words{"src/celery@acme", "src/celery-results@acme"});
  server.run({{"DEL", "_kombu.binding.celery"}});
  server.run(celery_queue());
  CHECK(addresses(server) == Words{"src/celery", "src/celery@acme", "src/celery-results@acme"});
}

TEST_CASE("a binding is taken apart, whatever its separator") {
  const std::string usual = "celery" + celery_separator + celery_separator + "celery";
  CHECK(celery::separator_in({usual}) == celery_separator);
  CHECK(celery::separator_in({"celery::celery"}) == ":");
  CHECK(celery::separator_in({"low:prio::low:prio"}) == ":");
  CHECK(celery::separator_in({"a--b", "q<><>q"}) == "<>");
  CHECK(celery::separator_in({"x", ""}).empty());
  CHECK(parts_of(usual, celery_separator) == "celery -> celery");
  CHECK(parts_of("low:prio::low:prio", ":") == "low:prio -> low:prio");
  CHECK(parts_of("a.#:^a\\..*?$:q", ":") == "a.# -> q");
  CHECK(parts_of("celery::a:b", ":") == "celery -> a:b");
  CHECK(parts_of("low:prio::a:b", ":") == "low:prio -> a:b");
  CHECK(parts_of("::w.pidbox", ":") == " -> w.pidbox");
  CHECK(parts_of("one:two", ":") == "none");
  CHECK(parts_of("", ":") == "none");
  CHECK(parts_of("abc", "") == "none");
}

TEST_CASE("a trace id that stands packed in the arguments finds its message, and no other") {
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  nlohmann::json message = nlohmann::json::parse(celery_message("1"));
  message["body"] = base64_encode(R"([[],{"traceparent":"00-)" + id + R"(-00f067aa0ba902b7-03"},{}])");
  RedisServer server;
  server.run(celery_queue());
  server.run({{"LPUSH", "celery", message.dump(), celery_message("2")}});
  JobQuery query;
  TraceQuery& wanted = query.filter.traces.emplace_back();
  wanted.typed = id;
  wanted.spellings = {id};
  const std::vector<Job> jobs = all_jobs(*open_redis_store(server.target(), celery::system), query);
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].ref.id.raw() == "1");
}

TEST_CASE("trace context in arguments whose serialiser is not known is read where Celery wrote them for people") {
  const std::string id = "4bf92f3577b34da6a3ce929d0e0e4736";
  nlohmann::json message = nlohmann::json::parse(celery_message(
      "1",
      {{"argsrepr", "(1,)"}, {"kwargsrepr", "{'headers': {'traceparent': '00-" + id + "-00f067aa0ba902b7-03'}}"}}));
  message["content-type"] = "application/x-msgpack";
  message["body"] = base64_encode("\x93\x91\x01");
  RedisServer server;
  server.run(celery_queue());
  server.run({{"LPUSH", "celery", message.dump(), celery_message("2")}});
  JobQuery query;
  TraceQuery& wanted = query.filter.traces.emplace_back();
  wanted.typed = id;
  wanted.spellings = {id};
  const std::vector<Job> jobs = all_jobs(*open_redis_store(server.target(), celery::system), query);
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0].ref.id.raw() == "1");
  REQUIRE(jobs[0].trace.trace_id);
  CHECK(jobs[0].trace.trace_id->raw() == id);
}

TEST_CASE("a held message is of the queue whose binding fits, and of none where several do") {
  RedisServer server;
  server.run(celery_queue());
  const auto queue = [&](const std::string& exchange, const std::string& key) {
    server.run({{"HSET", "unacked", "t", "[" + celery_message("1") + ",\"" + exchange + "\",\"" + key + "\"]"}});
    const std::vector<Job> jobs = all_jobs(*open_redis_store(server.target(), celery::system), {});
    REQUIRE(jobs.size() == 1);
    return jobs[0].queue ? jobs[0].queue->raw() : std::string("none");
  };
  const std::string& to = celery_separator;
  server.run({{"SADD", "_kombu.binding.media", "a" + to + to + "one", "video.#" + to + "x" + to + "two",
               "*.hd" + to + "x" + to + "three"}});
  CHECK(queue("", "elsewhere") == "elsewhere");
  CHECK(queue("media", "a") == "one");
  CHECK(queue("media", "video.sd") == "two");
  CHECK(queue("media", "video.hd") == "none");
  server.run({{"SADD", "_kombu.binding.topic", "*.sd" + to + "^[^\\.]+\\.sd$" + to + "one",
               "video.*.sd" + to + "^video\\.[^\\.]+\\.sd$" + to + "two", "plain.*" + to + to + "three"}});
  CHECK(queue("topic", "video.sd") == "one");
  CHECK(queue("topic", "video.x.sd") == "two");  // a star is one word
  CHECK(queue("topic", "plain.x") == "none");
  CHECK(queue("media", "audio") == "none");
  CHECK(queue("gone", "a") == "none");
}
