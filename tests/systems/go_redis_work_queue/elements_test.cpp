// go-redis-work-queue on a real server: elements that change between reads, are equal, have no id or are no UTF-8 hide
// nothing.
#include "backends/systems/go_redis_work_queue/system.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "model/count_words.hpp"
#include "model/error.hpp"
#include "tests/systems/go_redis_work_queue/elements.hpp"
#include "tests/systems/redis_store.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

TEST_CASE("paging survives pushes and pops between pages: nothing that stays is missed or repeated") {
  RedisServer server;
  std::vector<std::vector<std::string>> commands;
  for (int i = 0; i < 5000; ++i) commands.push_back({"LPUSH", "jobqueue:low_priority", go_element(i)});
  for (int i = 5000; i < 8000; ++i) commands.push_back({"LPUSH", "jobqueue:completed", go_element(i)});
  server.run(commands);
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  for (const JobOrder order : {JobOrder::newest, JobOrder::storage}) {
    JobQuery query;
    query.page_size = 333;
    query.order = order;
    std::multiset<std::string> seen;
    int pushed = 100'000;
    for (;;) {
      const Page page = store->list(query);
      CHECK(page.warnings.empty());
      for (const Job& job : page.jobs) seen.insert(job.ref.id.raw());
      if (!page.next) break;
      query.after = page.next;
      commands.clear();
      for (int i = 0; i < 50; ++i) commands.push_back({"LPUSH", "jobqueue:low_priority", go_element(++pushed)});
      for (int i = 0; i < 50; ++i) commands.push_back({"LPUSH", "jobqueue:completed", go_element(++pushed)});
      server.run(commands);
    }
    int missing = 0, repeated = 0;
    for (int i = 0; i < 8000; ++i) {
      const std::size_t times = seen.count("job-" + std::to_string(i));
      missing += times == 0;
      repeated += times > 1;
    }
    CHECK(missing == 0);
    CHECK(repeated == 0);
    server.run({{"LTRIM", "jobqueue:low_priority", "-5000", "-1"}, {"LTRIM", "jobqueue:completed", "-3000", "-1"}});
  }
}

TEST_CASE("equal elements are all shown, and the scan bound is told") {
  RedisServer server;
  std::vector<std::vector<std::string>> commands(3000, {"LPUSH", "jobqueue:dead_letter", go_element(1)});
  server.run(commands);
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  JobQuery query;
  query.page_size = 70;
  CHECK(all_jobs(*store, query).size() == 3000);
  query.filter.ids = {"nothing-of-the-sort"};
  query.limits.scan = 1500;
  const Page page = store->list(query);
  CHECK(page.jobs.empty());
  CHECK_FALSE(page.next);
  REQUIRE(page.truncated);
  CHECK(*page.truncated == "stopped after " + count_words(page.scanned, "entry", "entries") + ", --full reads all");
}

TEST_CASE("bytes that are no UTF-8 do not keep a job from being one: the worker takes it, too") {
  RedisServer server;
  server.run({{"LPUSH", "jobqueue:low_priority", go_element(1, {{"filepath", "\"/caf\xE9\""}})}});
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  JobQuery query;
  query.payload = true;
  query.filter.ids = {"job-1"};
  const std::vector<Job> jobs = all_jobs(*store, query);
  REQUIRE(jobs.size() == 1);
  CHECK(notes_of(jobs[0]) == std::set<std::string>{"replaced-characters"});
  CHECK(jobs[0].state == JobState::pending);
  CHECK(jobs[0].created_at.has_value());
  CHECK(jobs[0].payload->form == Payload::Form::text);
  CHECK(jobs[0].payload->text.raw().find("/caf\xE9") != std::string::npos);
}

TEST_CASE("an element without an id has one of ours, and is found by it and by its beginning") {
  RedisServer server;
  server.run({{"LPUSH", "jobqueue:low_priority", "no json", go_element(1, {{"id", "\"\""}}), go_element(2)},
              {"LPUSH", "jobqueue:dead_letter", "no json"}});
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system);
  std::set<std::string> made;
  for (const Job& job : all_jobs(*store, {})) {
    if (job.ref.id.raw() == "job-2") continue;
    made.insert(job.ref.id.raw());
    CHECK(job.ref.id.raw().starts_with("element-"));
    CHECK(notes_of(job).contains("no-id"));
  }
  CHECK(made.size() == 2);  // equal bytes, equal id
  CHECK(made.contains("element-f9e554561b9636b8"));
  JobQuery query;
  query.filter.ids = {"element-f9e554561b9636b8"};
  CHECK(all_jobs(*store, query).size() == 2);
  query.filter.ids = {"element-"};
  CHECK(all_jobs(*store, query).size() == 3);
  query.filter.ids = {"elem"};
  CHECK(all_jobs(*store, query).size() == 3);
  query.filter.ids = {"job-2"};
  CHECK(all_jobs(*store, query).size() == 1);
}
