// Every system: what is listed, in which order, with which facts, and that reading changes nothing.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "tests/conformance/fixture.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

JobQuery everything(std::size_t page_size) {
  JobQuery query;
  query.page_size = page_size;
  query.payload = true;
  return query;
}

/// Where `job` differs from what is expected of it; empty when it does not.
std::string differences(const nlohmann::json& job, const nlohmann::json& expected) {
  std::string text;
  for (const auto& [name, value] : expected.items()) {
    const nlohmann::json actual = job.contains(name) ? job[name] : nlohmann::json();
    if (actual != value) text += name + " is " + actual.dump() + ", not " + value.dump() + "; ";
  }
  return text;
}

}  // namespace

TEST_CASE("the live store tells which system is there") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    REQUIRE(loaded.stores().size() == 1);
    CHECK(loaded.store().system().name == fixture.expected.at("system").get<std::string>());
    CHECK(loaded.store().address() == "fixture");
  }
}

TEST_CASE("every job is listed with its facts") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    std::map<std::string, std::vector<nlohmann::json>> found;
    for (const Job& job : list_all(loaded.store(), everything(100))) found[job.ref.id.raw()].push_back(as_json(job));
    const nlohmann::json& jobs = fixture.expected.at("jobs");
    for (const auto& [id, expected] : jobs.items()) {
      CAPTURE(id);
      std::vector<nlohmann::json> wanted;
      if (expected.is_array())
        wanted.assign(expected.begin(), expected.end());
      else
        wanted.push_back(expected);
      REQUIRE(found[id].size() == wanted.size());
      for (const nlohmann::json& one : wanted) {
        std::string closest;
        bool matched = false;
        for (const nlohmann::json& job : found[id]) {
          const std::string problem = differences(job, one);
          matched = matched || problem.empty();
          if (!problem.empty()) closest = problem;
        }
        INFO(closest);
        CHECK(matched);
      }
    }
    for (const auto& [id, occurrences] : found) {
      INFO("not expected: ", id, " ", occurrences.front().dump());
      CHECK((occurrences.empty() || jobs.contains(id)));
    }
  }
}

TEST_CASE("newest first is the same order whatever the page size") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    const std::vector<std::string> whole = ids_of(list_all(loaded.store(), everything(1000)));
    if (fixture.expected.contains("newest_first"))
      CHECK(joined(whole) == joined(fixture.expected["newest_first"].get<std::vector<std::string>>()));
    for (const std::size_t page_size : {1, 2, 3, 7}) {
      CAPTURE(page_size);
      CHECK(joined(ids_of(list_all(loaded.store(), everything(page_size)))) == joined(whole));
    }
    JobQuery storage = everything(3);
    storage.order = JobOrder::storage;
    CHECK(joined(sorted(ids_of(list_all(loaded.store(), storage)))) == joined(sorted(whole)));
  }
}

TEST_CASE("what made a job is told apart from what it waits for") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    for (const Job& job : list_all(loaded.store(), everything(100))) {
      CAPTURE(job.ref.id.raw());
      if (job.trace.causation_id) CHECK(std::ranges::count(job.parents, *job.trace.causation_id) == 0);
    }
  }
}

TEST_CASE("payloads are read only when asked for") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    JobQuery query = everything(100);
    std::size_t with_payload = 0;
    for (const Job& job : list_all(loaded.store(), query)) with_payload += job.payload ? 1 : 0;
    CHECK(with_payload > 0);
    query.payload = false;
    for (const Job& job : list_all(loaded.store(), query)) CHECK_FALSE(job.payload.has_value());
  }
}

TEST_CASE("reading changes nothing") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    const std::string before = loaded.digest();
    list_all(loaded.store(), everything(3));
    PeekQuery peek;
    peek.why = true;
    loaded.store().peek(peek);
    loaded.store().statistics(StatisticsQuery{});
    loaded.store().queues(ReadLimits{});
    loaded.store().check(ReadLimits{});
    CHECK(loaded.digest() == before);
  }
}

TEST_CASE("what a check finds names the server and measures a round trip") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture& loaded = loaded_for_reading(fixture);
    const StoreCheck check = loaded.store().check(ReadLimits{});
    CHECK_FALSE(check.server.empty());
    CHECK(check.latency.count() >= 0);
    CHECK(check.capabilities.trace == loaded.store().capabilities().trace);
  }
}
