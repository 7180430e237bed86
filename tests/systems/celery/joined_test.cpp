// Messages and results as one source: on two servers, and in two databases of one.
#include <doctest/doctest.h>

#include <ctime>

#include "backends/open.hpp"
#include "backends/systems/catalogue.hpp"
#include "backends/systems/celery/system.hpp"
#include "model/error.hpp"
#include "tests/systems/celery/messages.hpp"
#include "tests/systems/redis_diagnosis.hpp"
#include "tests/systems/redis_writes.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

using Words = std::vector<std::string>;

std::string url_of(const RedisServer& server) { return "unix://" + server.socket_path(); }

std::unique_ptr<JobStore> open_joined(const RedisServer& broker, const RedisServer& results, Access access) {
  Source source;
  source.name = "test";
  source.url = Secret(url_of(broker));
  source.system = "celery";
  source.keys["results_url"] = url_of(results);
  std::vector<std::unique_ptr<JobStore>> stores = open_stores(source, access, built_in_catalogue());
  REQUIRE(stores.size() == 1);
  return std::move(stores.front());
}

Words result(const std::string& id, const std::string& status, const nlohmann::json& more = {}) {
  nlohmann::json text{{"task_id", id}, {"status", status}, {"result", nullptr}, {"traceback", nullptr}};
  for (const auto& [name, value] : more.items()) text[name] = value;
  return {"SET", "celery-task-meta-" + id, text.dump()};
}

const nlohmann::json broken{
    {"exc_type", "ValueError"}, {"exc_message", {"no such address"}}, {"exc_module", "builtins"}};

/// Two wait, one of them retried; one is held, and runs; two are over. On a server each.
struct Tasks {
  RedisServer broker, backend;

  Tasks() {
    broker.run(celery_queue());
    broker.run({{"LPUSH", "celery", celery_message("waits"), celery_message("again", {{"retries", 1}})}});
    broker.run(celery_held("held", std::to_string(std::time(nullptr))));
    backend.run({result("again", "RETRY", {{"result", broken}, {"traceback", "Traceback: line 1"}}),
                 result("held", "STARTED", {{"result", {{"pid", 1}, {"hostname", "celery@w"}}}}),
                 result("failed", "FAILURE", {{"result", broken}, {"date_done", "2026-07-01T10:00:00+00:00"}}),
                 result("done", "SUCCESS", {{"result", 3}, {"queue", "celery"}})});
  }
  std::unique_ptr<JobStore> open(Access access = Access::read) { return open_joined(broker, backend, access); }
};

std::set<std::string> ids(JobStore& store, JobFilter filter = {}, std::size_t page_size = 50) {
  JobQuery query;
  query.filter = std::move(filter);
  query.page_size = page_size;
  const std::vector<std::string> listed = ids_of(all_jobs(store, query));
  const std::set<std::string> once(listed.begin(), listed.end());
  CHECK(once.size() == listed.size());
  return once;
}

Job one(JobStore& store, const std::string& id) {
  JobQuery query;
  query.filter.ids = {id};
  query.payload = true;
  std::vector<Job> jobs = all_jobs(store, query);
  REQUIRE(jobs.size() == 1);
  return std::move(jobs.front());
}

std::string extra(const Job& job, std::string_view name) {
  const auto field = std::ranges::find(job.extra, name, &Field::name);
  if (field == job.extra.end()) return "(none)";
  if (const auto* number = std::get_if<std::int64_t>(&field->value)) return std::to_string(*number);
  const auto* text = std::get_if<Untrusted>(&field->value);
  return text == nullptr ? "(other)" : text->raw();
}

std::map<std::string, std::uint64_t> counted(JobStore& store) {
  std::map<std::string, std::uint64_t> counts;
  for (const QueueStatistics& row : store.statistics({}).queues)
    for (const StateStatistics& state : row.states)
      counts[row.queue.raw() + " " + std::string(to_word(state.state))] += state.count.value;
  return counts;
}

Action action(ActionKind kind) {
  Action out;
  out.kind = kind;
  return out;
}

}  // namespace

TEST_CASE("a task is listed once, by its message or by its result, in pages of any size") {
  Tasks tasks;
  const std::unique_ptr<JobStore> store = tasks.open();
  const std::set<std::string> all{"waits", "again", "held", "failed", "done"};
  for (const std::size_t size : {1, 2, 50}) CHECK(ids(*store, {}, size) == all);
  CHECK(ids(*store, in_state("failed")) == std::set<std::string>{"failed"});
  CHECK(ids(*store, in_state("retrying")) == std::set<std::string>{"again"});
  CHECK(counted(*store) == std::map<std::string, std::uint64_t>{{"celery pending", 1},
                                                                {"celery retrying", 1},
                                                                {"celery running", 1},
                                                                {"celery completed", 1},
                                                                {" failed", 1}});
}

TEST_CASE("a message is told with its result, and found by it") {
  Tasks tasks;
  const std::unique_ptr<JobStore> store = tasks.open();
  const Job again = one(*store, "again");
  CHECK(again.state == JobState::retrying);
  CHECK(again.native_state->raw() == "ready");
  CHECK(again.error->raw() == "ValueError: no such address");
  CHECK(extra(again, "result_state") == "RETRY");
  CHECK(extra(again, "traceback") == "Traceback: line 1");
  std::set<std::string> names;
  for (const Field& field : again.extra) CHECK_MESSAGE(names.insert(field.name).second, field.name);
  const Job held = one(*store, "held");
  CHECK(held.state == JobState::running);
  CHECK(held.worker->raw() == "celery@w");
  CHECK(notes_of(held).empty());
  CHECK(one(*store, "waits").extra.size() < again.extra.size());
  CHECK(one(*store, "done").result->text.raw() == "3");
  JobFilter filter;
  filter.errors = {"no such"};
  CHECK(ids(*store, filter) == std::set<std::string>{"again", "failed"});
  filter = {};
  filter.workers = {"celery@w"};
  CHECK(ids(*store, filter) == std::set<std::string>{"held"});
}

TEST_CASE("a message whose task ended before says so, and stays where it is") {
  Tasks tasks;
  tasks.backend.run({result("held", "SUCCESS", {{"result", 5}, {"date_done", "2026-07-01T10:00:00"}})});
  const Job held = one(*tasks.open(), "held");
  CHECK(held.state == JobState::running);
  CHECK(notes_of(held) == std::set<std::string>{"prefetched", "result-before"});
  CHECK(held.result->text.raw() == "5");
  CHECK_FALSE(held.finished_at.has_value());
}

TEST_CASE("how many tasks of a chord have returned is told while it is counted") {
  Tasks tasks;
  tasks.backend.run({result("done", "SUCCESS", {{"group_id", "g:1"}}),
                     {"ZADD", "celery-taskset-meta-g:1.j", "0", "a", "1", "b"},
                     {"SET", "celery-taskset-meta-g:1.s", "3"},
                     result("failed", "FAILURE", {{"group_id", "g:2"}}),
                     {"SET", "celery-taskset-meta-g:2.j", "no set"}});
  const std::unique_ptr<JobStore> store = tasks.open();
  CHECK(extra(one(*store, "done"), "chord_returned") == "2");
  CHECK(extra(one(*store, "done"), "chord_size") == "3");
  CHECK(extra(one(*store, "failed"), "chord_returned") == "(none)");
}

TEST_CASE("messages and results are deleted and put back where each of them is") {
  Tasks tasks;
  const auto before_broker = keyspace(tasks.broker), before_backend = keyspace(tasks.backend);
  WritableStore store(tasks.open(Access::write));
  const Action removal = action(ActionKind::erase);
  for (const std::size_t page : {1, 100}) {
    CAPTURE(page);
    const std::vector<Target> targets = store.plan(removal, {}, page);
    CHECK(targets.size() == 5);
    CHECK(verdicts(targets).at("held").starts_with("skip: a worker holds it"));
    const std::vector<BackupRecord> records = store.back_up(targets);
    CHECK(counts(store.apply(removal, targets)) == std::map<std::string, int>{{"done", 4}, {"skipped", 1}});
    CHECK(tasks.broker.ask({"EXISTS", "celery"}) == "0");
    // The results of the messages stay.
    CHECK(tasks.backend.ask({"EXISTS", "celery-task-meta-done", "celery-task-meta-failed"}) == "0");
    CHECK(tasks.backend.ask({"EXISTS", "celery-task-meta-held", "celery-task-meta-again"}) == "2");
    CHECK(counts(store.administration().restore(records, false, {})).at("done") == 4);
    CHECK(keyspace(tasks.broker) == before_broker);
    CHECK(keyspace(tasks.backend) == before_backend);
  }
}

TEST_CASE("a task that is over cannot be retried, and the plan says why") {
  Tasks tasks;
  WritableStore store(tasks.open(Access::write));
  const std::map<std::string, std::string> said = verdicts(store.plan(action(ActionKind::retry)));
  CHECK(said.size() == 5);
  CHECK(said.at("waits") == "already: it waits in its queue");
  CHECK(said.at("failed") == "skip: its message is gone when a task has a result");
  CHECK(outcomes(store.apply(action(ActionKind::retry), store.plan(action(ActionKind::retry), with_ids({"done"})))) ==
        "skipped: its message is gone when a task has a result;");
}

TEST_CASE("a URL names the database of the results, and what is not told apart is refused") {
  RedisServer server;
  server.run(celery_queue());
  server.run({{"LPUSH", "celery", celery_message("1")}, {"SELECT", "1"}, result("1", "RETRY"), result("2", "SUCCESS")});
  Source source;
  source.name = "src";
  const auto open = [&](const std::string& url) {
    source.url = Secret(url);
    return open_stores(source, Access::read, built_in_catalogue());
  };
  const auto refusal = [&](const std::string& url) {
    try {
      open(url);
      return std::string("opened");
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  const std::string tcp = "redis://127.0.0.1:" + std::to_string(server.port());
  for (const std::string& url : {url_of(server) + "?results=1", tcp + "?results=1", tcp + "/0?insecure=true&results=1",
                                 tcp + "/0?results=1&insecure=true"}) {
    CAPTURE(url);
    const auto stores = open(url);
    REQUIRE(stores.size() == 1);
    CHECK(stores.front()->address() == "src");
    CHECK(stores.front()->system().name == "celery");
    CHECK(ids(*stores.front()) == std::set<std::string>{"1", "2"});
  }
  CHECK(refusal(tcp + "?results=other") == "`results` in the URL of source 'src' is not the number of a database");
  // The results of the same database are shown once, too.
  server.run({result("1", "RETRY"), result("3", "SUCCESS")});
  CHECK(open(tcp).size() == 2);
  REQUIRE(open(tcp + "?results=0").size() == 1);
  CHECK(ids(*open(tcp + "?results=0").front()) == std::set<std::string>{"1", "3"});
  server.run({{"SELECT", "2"}, {"SET", "a_celery-task-meta-1", "{}"}, {"SET", "b_celery-task-meta-1", "{}"}});
  CHECK(refusal(tcp + "?results=2").starts_with("results of several applications lie in "));
  source.keys["results_prefix"] = "b_";
  CHECK(ids(*open(tcp + "?results=2").front()) == std::set<std::string>{"1"});
  source.keys.clear();
  source.system = "asynq";
  CHECK(refusal(tcp + "?results=1") == "asynq has no key option 'results_url'");
}

TEST_CASE("doctor and check tell of both parts") {
  Tasks tasks;
  const std::unique_ptr<JobStore> store = tasks.open();
  CHECK(codes_of(store->diagnose({})).contains("failed-tasks"));
  const StoreCheck check = store->check({});
  const auto found = std::ranges::find(check.findings, "results", &Finding::subject);
  REQUIRE(found != check.findings.end());
  CHECK(found->text.starts_with("shown with their jobs, from "));
  CHECK(check.capabilities.times ==
        open_redis_store(tasks.backend.target(), celery::results_system)->capabilities().times);
}
