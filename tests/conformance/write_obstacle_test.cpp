// Every system: where nothing can be changed, everything is read, and a change is refused before anything is planned.
#include "tests/conformance/administered_fixture.hpp"
#include "tests/conformance/job_view.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

std::string all_ids(JobStore& store) {
  JobQuery query;
  query.page_size = 1000;
  return joined(sorted(ids_of(list_all(store, query))));
}

/// What asking for changes throws.
Error refusal_of(JobStore& store) {
  try {
    store.administration();
  } catch (const Error& error) {
    return error;
  }
  FAIL("nothing was refused");
  return Error(ErrorKind::internal, "");
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("a standby and a replica are read, and nothing is planned there") {
  std::vector<std::unique_ptr<LoadedFixture>> loaded;
  std::vector<std::string> ids;
  bool any_postgres = false;
  for (const Fixture& fixture : all_fixtures()) {
    loaded.push_back(std::make_unique<LoadedFixture>(fixture));
    ids.push_back(all_ids(loaded.back()->store()));
    any_postgres = any_postgres || loaded.back()->database() != nullptr;
    // One whose primary server does not answer keeps what it has.
    if (RedisServer* redis = loaded.back()->redis()) redis->run({{"REPLICAOF", "127.0.0.1", "1"}});
  }
  const std::unique_ptr<StandbyMode> standby = any_postgres ? std::make_unique<StandbyMode>() : nullptr;
  for (std::size_t i = 0; i < loaded.size(); ++i) {
    CAPTURE(all_fixtures()[i].name);
    if (loaded[i]->database() == nullptr && loaded[i]->redis() == nullptr) continue;  // a file follows nobody
    JobStore& store = loaded[i]->writable();
    CHECK(all_ids(store) == ids[i]);
    const Error refusal = refusal_of(store);
    CHECK(refusal.kind() == ErrorKind::refused);
    CHECK(contains(refusal.what(), loaded[i]->database() != nullptr ? "the server is a standby" : "is a replica"));
    CHECK(contains(refusal.what(), "'fixture'"));
    CHECK_FALSE(refusal.hint().empty());
  }
}

TEST_CASE("jobs in a view are read, their changes are refused, and no index is proposed") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_postgres()) continue;
    LoadedFixture loaded(fixture);
    const JobTable table = live_table(fixture, loaded);
    if (table.name.empty()) continue;
    const std::string ids = all_ids(loaded.store());
    put_view_of(loaded, table);
    const std::vector<std::unique_ptr<JobStore>> stores = loaded.open_again(Access::write);
    CHECK(all_ids(*stores.front()) == ids);
    const Error refusal = refusal_of(*stores.front());
    CHECK(refusal.kind() == ErrorKind::refused);
    CHECK(contains(refusal.what(), table.name + " is a view"));
    CHECK_FALSE(refusal.hint().empty());
    for (const Finding& finding : stores.front()->check({}).findings) {
      CAPTURE(finding.subject);
      CHECK_FALSE((contains(finding.remedy, "CREATE INDEX") && contains(finding.remedy, '"' + table.name + '"')));
    }
  }
}

TEST_CASE("a user without scripts is told so before anything is planned") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_redis()) continue;
    LoadedFixture loaded(fixture);
    const std::string ids = all_ids(loaded.store());
    loaded.redis()->run({{"ACL", "SETUSER", "default", "-eval", "-evalsha"}});
    const std::vector<std::unique_ptr<JobStore>> stores = loaded.open_again(Access::write);
    CHECK(all_ids(*stores.front()) == ids);
    const Error refusal = refusal_of(*stores.front());
    CHECK(refusal.kind() == ErrorKind::authentication);
    CHECK(contains(refusal.what(), "EVALSHA"));
    CHECK(contains(refusal.hint(), "+EVAL"));
  }
}
