// Every system in Redis: whom the server refuses a command that reading jobs takes is told so by `source check`, or
// needs it for nothing.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "model/error.hpp"
#include "tests/conformance/fixture.hpp"
#include "tests/support/redis_server.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// Asks everything that commands ask of a store but `source check`. Throws what the first of them throws.
void read_everything(JobStore& store) {
  JobQuery query;
  query.page_size = 100;
  query.payload = true;
  const std::vector<Job> jobs = store.list(query).jobs;
  query.payload = false;
  query.locators = true;
  query.order = JobOrder::storage;
  store.list(query);
  for (const Job& job : jobs) {
    JobQuery one;
    one.payload = true;
    one.filter.ids = {job.ref.id.raw()};
    store.list(one);
  }
  PeekQuery next;
  next.why = next.payload = true;
  store.peek(next);
  store.statistics({});
  store.queues({});
  store.diagnose({});
  store.unseen();
}

/// The commands that were sent since `CONFIG RESETSTAT`, but for those of every session and of this test.
std::set<std::string> sent_to(RedisServer& server) {
  static const std::set<std::string> of_sessions{"hello",          "auth", "select",          "client|setname",
                                                 "client|setinfo", "ping", "config|resetstat"};
  std::set<std::string> commands;
  std::istringstream lines(server.ask({"INFO", "commandstats"}));
  for (std::string line; std::getline(lines, line);) {
    const std::string mark = "cmdstat_";
    if (!line.starts_with(mark)) continue;
    const std::string name = line.substr(mark.size(), line.find(':') - mark.size());
    if (!of_sessions.contains(name)) commands.insert(name);
  }
  return commands;
}

std::string in_capitals(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

/// What the check says of the command: that reading needs it, or what goes without it.
bool is_told(JobStore& store, const std::string& command) {
  const std::string name = in_capitals(command.substr(0, command.find('|')));
  std::string said;
  try {
    for (const Finding& finding : store.check({}).findings)
      said += finding.subject + " " + finding.text + " " + finding.remedy + "\n";
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::authentication);
    said = std::string(error.what()) + " " + error.cause().raw() + " " + error.hint();
  }
  CAPTURE(said);
  return in_capitals(said).find(name) != std::string::npos;
}

}  // namespace

TEST_CASE("what the check finds permitted can be read") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    if (!fixture.in_redis()) continue;
    LoadedFixture loaded(fixture);
    RedisServer& server = *loaded.redis();
    server.run({{"CONFIG", "RESETSTAT"}});
    for (const std::unique_ptr<JobStore>& store : loaded.open_again()) read_everything(*store);
    const std::set<std::string> sent = sent_to(server);
    CHECK(sent.size() > 3);
    for (const std::string& command : sent) {
      CAPTURE(command);
      server.run({{"ACL", "SETUSER", "default", "-" + command}});
      // Where nothing can be opened everybody is told, whatever is asked.
      std::vector<std::unique_ptr<JobStore>> stores;
      try {
        stores = loaded.open_again();
      } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::authentication);
      }
      for (const std::unique_ptr<JobStore>& store : stores) {
        std::string refusal;
        try {
          read_everything(*store);
        } catch (const Error& error) {
          refusal = error.what();
        }
        CAPTURE(refusal);
        if (!refusal.empty()) CHECK(is_told(*store, command));
      }
      server.run({{"ACL", "SETUSER", "default", "+@all"}});
    }
  }
}
