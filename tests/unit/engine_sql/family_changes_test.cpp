// Changes of jobs in a family of tables: the same id in several queues, each in the table of its own queue.
#include <doctest/doctest.h>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/open.hpp"
#include "model/error.hpp"
#include "tests/support/administered.hpp"
#include "tests/unit/engine_sql/made_up_families.hpp"

using namespace queuetrace;
using namespace queuetrace::test::made_up_families;
using test::action_of;
using test::text_of;
using Words = std::vector<std::string>;

namespace {

const std::string quoted = "It's \"a\\b\"";
const std::string quoted_table = "\"q_it's \"\"a\\b\"\"\"";

class Families {
 public:
  Families() {
    database_.run(rows);
    open();
  }
  void open() { stores_ = open_stores(database_.source(), Access::write, Catalogue{{&families}, {}}); }

  const test::PostgresDatabase& database() const { return database_; }
  JobAdministration& writes() { return stores_.front()->administration(); }
  std::vector<Target> plan(ActionKind kind, const std::vector<std::string>& ids = {}) {
    JobQuery query;
    query.filter.ids = ids;
    query.order = JobOrder::storage;
    std::vector<Target> targets;
    do {
      TargetPage page = writes().plan(action_of(kind), query);
      for (Target& target : page.targets) targets.push_back(std::move(target));
      query.after = page.next;
    } while (query.after);
    return targets;
  }
  Words apply(ActionKind kind, const std::vector<Target>& targets) {
    Words words;
    for (const TargetReport& report : writes().apply(action_of(kind), targets, {})) words.push_back(text_of(report));
    return words;
  }
  std::string ids_in(const std::string& table) const {
    return database_.ask("SELECT coalesce(string_agg(msg_id::text, ' ' ORDER BY msg_id), '') FROM " + table);
  }
  std::string contents(const std::string& table) const {
    return database_.ask("SELECT coalesce(string_agg(t::text, '; ' ORDER BY msg_id), '') FROM " + table + " t");
  }

 private:
  test::PostgresDatabase database_;
  std::vector<std::unique_ptr<JobStore>> stores_;
};

std::map<std::string, std::string> words_of_plan(const std::vector<Target>& targets) {
  std::map<std::string, std::string> words;
  for (const Target& target : targets) words[target.job.ref.id.raw()] = text_of(target);
  return words;
}

}  // namespace

TEST_CASE("a plan over all queues judges each job in its own table") {
  Families family;
  CHECK(words_of_plan(family.plan(ActionKind::retry)) ==
        std::map<std::string, std::string>{
            {quoted + "/1", "already: it is visible"},
            {quoted + "/3", "already: it is visible"},
            {"old/1", "act"},
            {"old/2", "act"},
            {"old/3", "already: it is visible"},
            {"old/4", "already: it is visible"},
            {"old/5", "already: it is visible"},
            {"old/6", "skip: it went while the plan was made, or is in a table where this cannot be done"}});
  CHECK(words_of_plan(family.plan(ActionKind::erase, {"1"})) ==
        std::map<std::string, std::string>{{quoted + "/1", "act"}, {"old/1", "skip: it is leased"}});
  CHECK_FALSE(family.writes().tally(action_of(ActionKind::erase), {}, {}));
}

TEST_CASE("a change reaches the table of the job's queue and no other") {
  Families family;
  CHECK(family.apply(ActionKind::retry, family.plan(ActionKind::retry, {"old/2"})) == Words{"done"});
  CHECK(family.database().ask("SELECT vt <= now() FROM q_old WHERE msg_id = 2") == "t");
  // From the queue to its archive, in two tables of one queue.
  const std::vector<Target> third = family.plan(ActionKind::cancel, {"3"});
  CHECK(third.size() == 2);
  family.database().run("UPDATE q_old SET reads = 7 WHERE msg_id = 3");
  std::map<std::string, std::string> told;
  for (const TargetReport& report : family.writes().apply(action_of(ActionKind::cancel), third, {}))
    told[report.id.raw()] = text_of(report);
  CHECK(told == std::map<std::string, std::string>{{quoted + "/3", "done"},
                                                   {"old/3", "changed: it changed after the plan was made"}});
  CHECK(family.ids_in("q_old") == "1 2 3 4 5");
  CHECK(family.ids_in("a_old") == "6");
  CHECK(family.ids_in(quoted_table) == "1");
  CHECK(family.ids_in("\"a_it's \"\"a\\b\"\"\"") == "3");
  // What another session holds is passed over, in its own table.
  const std::vector<Target> first = family.plan(ActionKind::erase, {quoted + "/1", "old/4"});
  const std::shared_ptr<SqlConnection> worker = connect_postgres(family.database().source(), Access::write);
  const std::unique_ptr<SqlTransaction> claim = worker->begin_write({});
  claim->run({"SELECT 1 FROM public.q_old WHERE msg_id = 4 FOR UPDATE", {}});
  told.clear();
  for (const TargetReport& report : family.writes().apply(action_of(ActionKind::erase), first, {}))
    told[report.id.raw()] = text_of(report);
  CHECK(told == std::map<std::string, std::string>{{quoted + "/1", "done"},
                                                   {"old/4", "skipped: another session is changing it"}});
}

TEST_CASE("deleted jobs of queues and archives come back into their own tables, as they were") {
  Families family;
  const std::vector<std::string> tables{"q_old", "a_old", quoted_table};
  std::vector<std::string> before;
  for (const std::string& table : tables) before.push_back(family.contents(table));
  const std::vector<Target> targets = family.plan(ActionKind::erase, {quoted + "/1", "old/3", "old/6"});
  REQUIRE(targets.size() == 3);
  const std::vector<BackupRecord> records = family.writes().back_up(targets, {});
  REQUIRE(records.size() == 3);
  CHECK(family.apply(ActionKind::erase, targets) == Words{"done", "done", "done"});
  CHECK(family.ids_in("q_old") == "1 2 4 5");
  CHECK(family.ids_in("a_old") == "");
  CHECK(family.ids_in(quoted_table) == "3");
  for (const TargetReport& report : family.writes().report_left_out(action_of(ActionKind::erase), targets, {}))
    CHECK(text_of(report) == "already: it is not there");
  for (const bool dry : {true, false})
    for (const TargetReport& report : family.writes().restore(records, dry, {})) CHECK(text_of(report) == "done");
  for (std::size_t i = 0; i < tables.size(); ++i) CHECK(family.contents(tables[i]) == before[i]);
  for (const TargetReport& report : family.writes().restore(records, false, {}))
    CHECK(text_of(report) == "already: it is there as it was");
}

TEST_CASE("of a queue that went nothing is there, and nothing is put back") {
  Families family;
  const std::vector<Target> targets = family.plan(ActionKind::erase, {"old/3", "old/4"});
  const std::vector<BackupRecord> records = family.writes().back_up(targets, {});
  family.database().run("DROP TABLE q_old, a_old; DELETE FROM family_meta WHERE queue_name = 'old'");
  family.open();
  CHECK(family.apply(ActionKind::erase, targets) == Words{"already: it is not there", "already: it is not there"});
  for (const bool dry : {true, false})
    CHECK(text_of(family.writes().restore(records, dry, {}).front()) == "failed: its queue has no table here any more");
}

TEST_CASE("what a change did in the tables of a queue is undone there") {
  Families family;
  const std::vector<std::string> tables{"q_old", "a_old", quoted_table, "\"a_it's \"\"a\\b\"\"\""};
  std::vector<std::string> before;
  for (const std::string& table : tables) before.push_back(family.contents(table));
  // One message of the same number in each queue: from the queue to its archive.
  const std::vector<Target> third = family.plan(ActionKind::cancel, {"3"});
  std::vector<BackupRecord> records;
  for (const TargetReport& report : family.writes().apply(action_of(ActionKind::cancel), third, {}))
    records.push_back({report.id, report.undo});
  REQUIRE(records.size() == 2);
  CHECK(family.ids_in("a_old") == "3 6");
  for (const bool dry : {true, false})
    for (const TargetReport& report : family.writes().undo(records, dry, {})) CHECK(text_of(report) == "done");
  for (std::size_t i = 0; i < tables.size(); ++i) CHECK(family.contents(tables[i]) == before[i]);
  for (const TargetReport& report : family.writes().undo(records, false, {}))
    CHECK(text_of(report) == "already: it is as it was");
}
