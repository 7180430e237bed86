// A made-up system with every kind of container: what the engine must do for systems that are not lists of payloads.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <set>

#include "backends/engines/redis/open.hpp"
#include "backends/engines/redis/scan_walker.hpp"
#include "model/error.hpp"
#include "tests/support/redis_server.hpp"

using namespace queuetrace;
using test::RedisServer;

namespace {

Timestamp at(int seconds) { return Timestamp(std::chrono::seconds(1'760'000'000 + seconds)); }

Place place(std::string key, Container container, Holds holds, PlaceRole role) {
  Place place;
  place.key = std::move(key);
  place.container = container;
  place.holds = holds;
  place.role = role;
  place.states = {JobState::pending, JobState::completed, JobState::scheduled, JobState::running};
  return place;
}

Deployment deploy(const Source&) {
  Deployment deployment;
  // Queues by the names in a set: lists of ids.
  Place queue = place("toy:queue:", Container::list, Holds::ids, PlaceRole::waiting);
  queue.family = true;
  queue.names = "toy:queues";
  // Due jobs with their payload, in no order of creation; done ids by their time; payloads in workers' hands.
  Place delayed = place("toy:delayed", Container::sorted_set, Holds::payloads, PlaceRole::waiting);
  delayed.by_creation = false;
  delayed.taken_first = TakenFirst::lowest_score;
  const Place done = place("toy:done", Container::sorted_set, Holds::ids, PlaceRole::completed);
  const Place held = place("toy:held", Container::hash, Holds::payloads, PlaceRole::running);
  const Place noted = place("toy:noted", Container::set, Holds::ids, PlaceRole::any);
  deployment.places = {queue, delayed, done, held, noted};
  return deployment;
}

/// `id seconds` in a payload, the fields id and made in a hash.
Job decode(const Entry& entry, const DecodeContext&) {
  Job job;
  std::string made;
  if (entry.place.holds == Holds::ids) {
    job.ref.id = Untrusted(std::string(entry.raw));
    made = std::string(entry.record.field("made").value_or(""));
    if (!entry.record.exists()) job.notes.push_back({"dangling", "the id has no job"});
    if (const auto parent = entry.record.filled("parent")) job.parents = {Untrusted(std::string(*parent))};
    if (const auto trace = entry.record.filled("trace")) job.trace.trace_id = Untrusted(std::string(*trace));
  } else {
    const std::size_t blank = entry.raw.find(' ');
    job.ref.id = Untrusted(std::string(entry.raw.substr(0, blank)));
    if (blank != std::string_view::npos) made = std::string(entry.raw.substr(blank + 1));
  }
  if (!made.empty()) job.created_at = at(std::stoi(made));
  job.queue = Untrusted(std::string(entry.key));
  job.state = entry.place.role == PlaceRole::completed ? JobState::completed
              : entry.place.role == PlaceRole::running ? JobState::running
                                                       : JobState::pending;
  if (!entry.score.empty()) job.batch_id = Untrusted(std::string(entry.score));
  if (!entry.field.empty()) job.worker = Untrusted(std::string(entry.field));
  return job;
}

constexpr std::array<std::string_view, 3> summary{"made", "id", "parent"};

RedisSystem toy() {
  RedisSystem system;
  system.info.name = "toy";
  system.place.deploy = deploy;
  system.read.decode = decode;
  system.read.record = "toy:job:{id}";
  system.read.summary_fields = summary;
  system.read.links = Lookup::scanned;
  return system;
}

struct Loaded {
  Loaded() : system(toy()) {
    std::vector<std::vector<std::string>> commands;
    for (int i = 0; i < 300; ++i) {
      const std::string id = "id-" + std::to_string(i), seconds = std::to_string(i);
      const std::string payload = id + " " + seconds;
      const auto record = [&] {
        commands.push_back({"HSET", "toy:job:" + id, "id", id, "made", seconds, "body", std::string(40, 'x')});
        if (i % 50 == 0) commands.push_back({"HSET", "toy:job:" + id, "trace", "trace-of-" + id});
      };
      switch (i % 6) {
        case 0:
          record();
          commands.push_back({"LPUSH", "toy:queue:a", id});
          break;
        case 1:
          record();
          commands.push_back({"LPUSH", "toy:queue:b", id});
          break;
        case 2: commands.push_back({"ZADD", "toy:delayed", std::to_string((i * 7919) % 1000), payload}); break;
        case 3:
          record();
          commands.push_back({"ZADD", "toy:done", std::to_string(i), id});
          break;
        case 4: commands.push_back({"HSET", "toy:held", "tag-" + id, payload}); break;
        case 5:
          record();
          commands.push_back({"SADD", "toy:noted", id});
          break;
      }
    }
    commands.push_back({"SADD", "toy:queues", "a", "b", "empty"});
    server.run(commands);
    Source source;
    source.name = "src";
    source.system = "toy";
    const RedisSystem* const systems[] = {&system};
    store = std::move(open_redis_stores(connect_redis(server.target()), source, systems).front());
  }

  std::vector<Job> all(JobQuery query) {
    std::vector<Job> jobs;
    for (int pages = 0; pages < 1000; ++pages) {
      Page page = store->list(query);
      CHECK(page.jobs.size() <= query.page_size);
      for (Job& job : page.jobs) jobs.push_back(std::move(job));
      if (!page.next) return jobs;
      query.after = page.next;
    }
    FAIL("the listing does not end");
    return jobs;
  }

  RedisServer server;
  RedisSystem system;
  std::unique_ptr<JobStore> store;
};

}  // namespace

TEST_CASE("members with scores, which the server writes out at length, are asked for a few hundred at a time") {
  Loaded loaded;
  std::vector<std::vector<std::string>> commands{{"CONFIG", "RESETSTAT"}};
  for (int i = 0; i < 5'000; ++i)
    commands.insert(commands.begin(),
                    {"ZADD", "toy:delayed", "1760000000." + std::to_string(i), "many-" + std::to_string(i) + " 1"});
  loaded.server.run(commands);
  JobQuery query;
  query.page_size = 10'000;
  CHECK(loaded.all(query).size() == 5'300);
  const std::string told = loaded.server.ask({"INFO", "commandstats"});
  const std::size_t place = told.find("cmdstat_zscan:calls=");
  REQUIRE(place != std::string::npos);
  CHECK(std::stoi(told.substr(place + std::string_view("cmdstat_zscan:calls=").size())) >= 15);
}

TEST_CASE("every container is listed newest first and in storage order, whatever the page size") {
  Loaded loaded;
  for (const std::size_t size : {1u, 7u, 64u, 1000u}) {
    CAPTURE(size);
    JobQuery query;
    query.page_size = size;
    const std::vector<Job> jobs = loaded.all(query);
    REQUIRE(jobs.size() == 300);
    for (int i = 0; i < 300; ++i)
      REQUIRE(jobs[static_cast<std::size_t>(i)].ref.id.raw() == "id-" + std::to_string(299 - i));
    query.order = JobOrder::storage;
    std::set<std::string> ids;
    const std::vector<Job> stored = loaded.all(query);
    for (const Job& job : stored) ids.insert(job.ref.id.raw());
    CHECK(stored.size() == 300);
    CHECK(ids.size() == 300);
  }
}

TEST_CASE("what an element says besides itself reaches the system") {
  Loaded loaded;
  JobQuery query;
  query.page_size = 1000;
  query.filter.ids = {"id-244"};
  CHECK(loaded.all(query).at(0).worker == Untrusted(std::string("tag-id-244")));
  query.filter.ids = {"id-243"};
  CHECK(loaded.all(query).at(0).batch_id == Untrusted(std::string("243")));
  query.filter = {};
  TraceQuery& wanted = query.filter.traces.emplace_back();
  wanted.typed = "trace-of-id-150";
  wanted.spellings = {"trace-of-id-150"};
  const std::vector<Job> traced = loaded.all(query);
  REQUIRE(traced.size() == 1);
  CHECK(traced[0].ref.id.raw() == "id-150");
}

TEST_CASE("children and batches are found by a bounded scan, which says where it ended") {
  Loaded loaded;
  loaded.server.run({{"HSET", "toy:job:id-1", "parent", "id-0"}, {"HSET", "toy:job:id-299", "parent", "id-0"}});
  CHECK(loaded.store->capabilities().links == Lookup::scanned);
  JobQuery query;
  query.filter.parents = {"id-0"};
  const std::vector<Job> children = loaded.all(query);
  REQUIRE(children.size() == 2);
  CHECK(children[0].ref.id.raw() == "id-299");
  CHECK(children[1].ref.id.raw() == "id-1");
  query.limits.scan = 50;
  const Page part = loaded.store->list(query);
  REQUIRE(part.truncated);
  CHECK(part.truncated->starts_with("stopped after "));
  query = {};
  query.filter.batches = {"243"};
  CHECK(loaded.all(query).size() == 1);
}

TEST_CASE("peek reads lists and sorted sets from the end workers take from") {
  Loaded loaded;
  loaded.server.run({{"RPUSH", "toy:queue:a", "dangling"}});
  PeekQuery query;
  query.count = 400;
  const PeekResult result = loaded.store->peek(query);
  REQUIRE(result.queues.size() == 3);
  CHECK(result.queues[0].queue.raw() == "toy:queue:a");
  CHECK(result.queues[0].next.at(0).notes.at(0).code == "dangling");
  CHECK(result.queues[0].next.at(1).ref.id.raw() == "id-0");
  const std::vector<Job>& due = result.queues[2].next;
  REQUIRE(due.size() == 50);
  CHECK(std::is_sorted(due.begin(), due.end(), [](const Job& a, const Job& b) {
    return std::stod(a.batch_id->raw()) < std::stod(b.batch_id->raw());
  }));
  query.worker = "w";
  CHECK(loaded.store->peek(query).warnings.at(0) == "workers of toy take whatever is next: --worker changes nothing");
}

TEST_CASE("counts agree with the containers; names come from the set") {
  Loaded loaded;
  std::map<std::string, std::uint64_t> counts;
  for (const QueueStatistics& queue : loaded.store->statistics({}).queues)
    for (const StateStatistics& state : queue.states) counts[queue.queue.raw()] += state.count.value;
  CHECK(counts == std::map<std::string, std::uint64_t>{{"toy:queue:a", 50},
                                                       {"toy:queue:b", 50},
                                                       {"toy:delayed", 50},
                                                       {"toy:done", 50},
                                                       {"toy:held", 50},
                                                       {"toy:noted", 50}});
  loaded.server.run({{"SET", "toy:x", "1"}, {"RENAME", "toy:x", "toy:done"}});
  const Page page = loaded.store->list({});
  REQUIRE(page.warnings.size() == 1);
  CHECK(page.warnings[0] == "toy:done is not a sorted set: skipped");
}

TEST_CASE("an element that SCAN returns twice is given once") {
  SeenElements seen;
  std::uint64_t fresh = 0;
  for (std::uint64_t i = 0; i < 50'000; ++i) fresh += seen.add(i * 0x9e3779b97f4a7c15ull);
  CHECK(fresh == 50'000);
  for (std::uint64_t i = 0; i < 50'000; ++i) fresh += seen.add(i * 0x9e3779b97f4a7c15ull);
  CHECK(fresh == 50'000);
}
