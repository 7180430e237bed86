// A store of one system in a throw-away Redis, and what tests of such systems ask again and again.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "backends/engines/redis/open.hpp"
#include "tests/support/redis_server.hpp"

namespace queuetrace::test {

inline std::unique_ptr<JobStore> open_redis_store(const RedisTarget& target, const RedisSystem& system,
                                                  const Source& source = {}) {
  const RedisSystem* const systems[] = {&system};
  std::vector<std::unique_ptr<JobStore>> stores = open_redis_stores(connect_redis(target), source, systems);
  REQUIRE(stores.size() == 1);
  stores.front()->set_address("test");
  return std::move(stores.front());
}

inline std::vector<Job> all_jobs(JobStore& store, JobQuery query) {
  std::vector<Job> jobs;
  for (int pages = 0; pages < 10'000; ++pages) {
    Page page = store.list(query);
    CHECK(page.jobs.size() <= query.page_size);
    for (Job& job : page.jobs) jobs.push_back(std::move(job));
    if (!page.next) return jobs;
    query.after = page.next;
  }
  FAIL("the listing does not end");
  return jobs;
}

inline std::vector<std::string> ids_of(const std::vector<Job>& jobs) {
  std::vector<std::string> ids;
  for (const Job& job : jobs) ids.push_back(job.ref.id.raw());
  return ids;
}

inline std::set<std::string> notes_of(const Job& job) {
  std::set<std::string> codes;
  for (const Note& note : job.notes) codes.insert(note.code);
  return codes;
}

}  // namespace queuetrace::test
