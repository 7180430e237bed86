// What retry, cancel and delete do to events of a RusToK outbox in each of its eras: every column afterwards, and every
// reason to leave an event alone.
#include <doctest/doctest.h>

#include "model/error.hpp"
#include "tests/support/administered.hpp"

using namespace queuetrace;
using test::action_of;
using test::Administered;
using test::text_of;
using Json = nlohmann::json;

namespace {

std::string event(int number) {
  char text[40];
  std::snprintf(text, sizeof text, "019b7c00-%04x-7000-8000-%012x", static_cast<unsigned>(number),
                static_cast<unsigned>(number));
  return text;
}
const std::string written_once = "4b9f0e1c-77aa-4d3e-9a10-5f0c3f1e2d6b";

std::filesystem::path fixture(const std::string& variant) { return "fixtures/" + variant + "/load.sql"; }

Action forced(ActionKind kind) {
  Action action = action_of(kind);
  action.force = true;
  return action;
}

Json row_of(const Administered& on, int number) {
  return on.rows("sys_events", "id = '" + event(number) + "'").at(event(number));
}

/// Does it to one event: what became of it, and which columns changed to what.
Json done_to(Administered& on, const Action& action, int number) {
  const Json before = row_of(on, number);
  const std::string said = text_of(on.act(action, event(number)));
  Json out = on.difference(before, row_of(on, number));
  out["outcome"] = said;
  return out;
}

/// The plan of every event, by the part of its id that tells the fixture's events apart.
Json planned(Administered& on, const Action& action) {
  Json out = Json::object();
  for (const Target& target : on.plan_all(action)) out[target.job.ref.id.raw().substr(9, 4)] = text_of(target);
  return out;
}

const std::string waits = "already: it waits and is due";
const std::string dispatched = "skip: it was dispatched: its consumers would get the same event again (may be forced)";
const std::string undeliverable =
    "skip: the server's transport takes no contract events: it fails again until the server is fixed (may be forced)";
const std::string unclaimed_text = "its claim is released; if its relay still lives, the event goes out twice";
const std::string undelivered = "act, it has not been delivered, and never will be";
const std::string claimed = "skip: a relay has claimed it; where the claim is stuck, retry releases it first";

}  // namespace

TEST_CASE("the plan of a retry tells every event of the current era") {
  Administered on(fixture("current"));
  const ActionOffer offer = on.writes().offer(action_of(ActionKind::retry));
  CHECK(offer.possible);
  REQUIRE(offer.warnings.size() == 1);
  CHECK(offer.warnings[0].starts_with("consumers get the same event id again"));
  CHECK(planned(on, action_of(ActionKind::retry)) ==
        Json{{"0001", waits},
             {"0002", "act"},
             {"0003", waits},
             {"0004", "skip: a relay works on it: its claim is not older than 60 s"},
             {"0005", "act, " + unclaimed_text},
             {"0006", dispatched},
             {"0007", "act"},
             {"0008", "act"},
             {"0009", "act"},
             {"000a", "act"},
             {"000b", "act"},
             {"000c", "act"},
             {"000d", undeliverable},
             {"000e", undeliverable},
             {"000f", dispatched},
             {"0010", dispatched},
             {"0011", waits},
             {"0012", dispatched},
             {"0013", waits},
             {"0014", waits},
             {"0015", dispatched},
             {"0016", undeliverable},
             {"0017", "skip: no release writes its state: whoever wrote it must say what was meant"},
             {"0018", waits},
             {"0019", "act"},
             {"001a", "skip: an operator cancelled it (may be forced)"},
             {"001c", waits},
             {"77aa", dispatched}});
}

TEST_CASE("retry replays, hastens and releases") {
  Administered on(fixture("current"));
  const Action retry = action_of(ActionKind::retry);
  CHECK(done_to(on, retry, 7) ==
        Json{{"outcome", "done"}, {"status", "pending"}, {"retry_count", 0}, {"last_error", nullptr}});
  CHECK(text_of(on.act(retry, event(7))) == waits);
  Action keep = retry;
  keep.reset_attempts = false;
  CHECK(done_to(on, keep, 8) == Json{{"outcome", "done"}, {"status", "pending"}, {"last_error", nullptr}});
  CHECK(done_to(on, retry, 2) == Json{{"outcome", "done"}, {"next_attempt_at", nullptr}});
  CHECK(done_to(on, retry, 5) == Json{{"outcome", "done"}, {"claimed_by", nullptr}, {"claimed_at", nullptr}});
  const Action force = forced(ActionKind::retry);
  CHECK(done_to(on, force, 6) == Json{{"outcome", "done"}, {"status", "pending"}, {"dispatched_at", nullptr}});
  CHECK(done_to(on, force, 4) == Json{{"outcome", "skipped: a relay works on it: its claim is not older than 60 s"}});
  CHECK(done_to(on, force, 0x1a) == Json{{"outcome", "done"}, {"status", "pending"}, {"last_error", nullptr}});

  // A relay took it over between plan and apply.
  on.database().run(
      "UPDATE sys_events SET claimed_by = 'relay-dead', claimed_at = now() - interval '1 hour' WHERE id = '" +
      event(1) + "'");
  const Target target = on.plan(retry, event(1));
  on.database().run("UPDATE sys_events SET claimed_by = 'relay-new', claimed_at = now() WHERE id = '" + event(1) + "'");
  CHECK(text_of(on.apply(retry, target)) == "changed: it changed after the plan was made");
  CHECK(row_of(on, 1)["claimed_by"] == "relay-new");
}

TEST_CASE("in the seed era a claim is released by force only, and only when it is old") {
  Administered on(fixture("seed"));
  const std::string stuck =
      "skip: its claim is older than 60 s, and this release never takes one back: if its relay still lives, the event "
      "goes out twice (may be forced)";
  const Json plan = planned(on, action_of(ActionKind::retry));
  CHECK(plan["0001"] == stuck);
  CHECK(plan["0004"] == "skip: a relay works on it: its claim is not older than 60 s");
  CHECK(plan["0005"] == "act");
  CHECK(plan["0008"] == "act");
  const Action force = forced(ActionKind::retry);
  CHECK(text_of(on.plan(force, event(1))) == "act, " + unclaimed_text);
  CHECK(done_to(on, force, 1) == Json{{"outcome", "done"}, {"claimed_by", nullptr}, {"claimed_at", nullptr}});
  CHECK(done_to(on, force, 4) == Json{{"outcome", "skipped: a relay works on it: its claim is not older than 60 s"}});
}

TEST_CASE("cancel writes no state that the server does not know") {
  Administered on(fixture("current"));
  Action cancel = action_of(ActionKind::cancel);
  cancel.message = "duplicate";
  CHECK(done_to(on, cancel, 2) == Json{{"outcome", "done"},
                                       {"status", "failed"},
                                       {"next_attempt_at", nullptr},
                                       {"last_error", "cancelled by operator: duplicate"}});
  CHECK(text_of(on.act(cancel, event(2))) == "already: it is cancelled");
  cancel.message.clear();
  CHECK(done_to(on, cancel, 1) ==
        Json{{"outcome", "done"}, {"status", "failed"}, {"last_error", "cancelled by operator"}});
  cancel.message = "cancelled by operator anna@host (queuetrace)";
  CHECK(done_to(on, cancel, 3)["last_error"] == cancel.message);
  for (int i = 0; i < 3000; ++i) cancel.message += "\u00e9";
  CHECK(done_to(on, cancel, 0x19)["outcome"] == "done");
  CHECK(on.database().ask("SELECT length(last_error) FROM sys_events WHERE id = '" + event(0x19) + "'") == "2048");
  JobQuery query;
  query.filter.ids = {event(2)};
  CHECK(on.store().list(query).jobs.at(0).state == JobState::cancelled);

  const Json plan = planned(on, forced(ActionKind::cancel));
  CHECK(plan["0004"] == claimed);
  CHECK(plan["0005"] == claimed);
  CHECK(plan["0006"] == "skip: it was dispatched");
  CHECK(plan["0007"] == "skip: it is a dead letter: nothing delivers it");
  CHECK(plan["0017"] == "skip: no relay takes an event in its state");
  CHECK(plan["001a"] == "already: it is cancelled");

  const Target target = on.plan(cancel, event(0x11));
  on.database().run("UPDATE sys_events SET claimed_by = 'relay-new', claimed_at = now() WHERE id = '" + event(0x11) +
                    "'");
  CHECK(text_of(on.apply(cancel, target)) == "changed: it changed after the plan was made");
  CHECK(row_of(on, 0x11)["status"] == "pending");
}

TEST_CASE("delete leaves claimed events alone, and those that the server reads as a record") {
  Administered on(fixture("current"),
                  "DELETE FROM module_artifact_event_deliveries WHERE source_event_id = '" + event(6) +
                      "'; INSERT INTO module_artifact_event_deliveries (id, source_event_id, status) "
                      "VALUES ('de000000-0000-4000-8000-000000000002', '" +
                      event(0x12) + "', 'succeeded')");
  const std::string forum = "skip: the notification module has not read it yet (may be forced)";
  const std::string cause = "skip: later events name it as their cause (may be forced)";
  const Json plan = planned(on, action_of(ActionKind::erase));
  CHECK(plan["0001"] == undelivered);
  CHECK(plan["0004"] == claimed);
  CHECK(plan["0005"] == claimed);
  CHECK(plan["0006"] == "skip: the dashboard counts orders and revenue from these rows (may be forced)");
  CHECK(plan["0007"] == "act");
  CHECK(plan["000f"] == cause);
  CHECK(plan["0010"] == cause);
  CHECK(plan["0011"] == undelivered);
  CHECK(plan["0012"] == "skip: a module's delivery names it as its source (may be forced)");
  CHECK(plan["0015"] == "act");
  CHECK(plan["0016"] == forum);
  CHECK(plan["77aa"] ==
        "skip: its producer chose its id, to publish it once: with the row gone it may be published again (may be "
        "forced)");
  CHECK(text_of(on.plan(forced(ActionKind::erase), event(4))) == claimed);

  const std::string whole = on.digest("sys_events");
  const Action force = forced(ActionKind::erase);
  std::vector<Target> targets;
  for (const std::string& id : {event(1), event(6), event(7), event(0xf), event(0x14), event(0x16), written_once})
    targets.push_back(on.plan(force, id));
  const std::vector<BackupRecord> records = on.writes().back_up(targets, {});
  REQUIRE(records.size() == targets.size());
  for (const TargetReport& report : on.writes().apply(force, targets, {})) CHECK(text_of(report) == "done");
  for (const TargetReport& report : on.writes().apply(force, targets, {}))
    CHECK(text_of(report) == "already: it is not there");
  CHECK(on.database().ask("SELECT count(*) FROM sys_events") == "21");
  for (const TargetReport& report : on.writes().restore(records, false, {})) CHECK(text_of(report) == "done");
  CHECK(on.digest("sys_events") == whole);

  // The notification module's tables are not there, so nobody can tell what it has read.
  Administered blind(fixture("current"), "DROP TABLE notification_outbox_intake_rejections");
  CHECK(
      planned(blind, action_of(ActionKind::erase))["0015"] ==
      "skip: the notification module reads these rows, and nothing readable here shows whether it has (may be forced)");
  // It failed once more between plan and apply.
  const Target target = on.plan(action_of(ActionKind::erase), event(9));
  on.database().run("UPDATE sys_events SET retry_count = 11 WHERE id = '" + event(9) + "'");
  CHECK(text_of(on.apply(action_of(ActionKind::erase), target)) == "changed: it changed after the plan was made");
  CHECK(row_of(on, 9)["retry_count"] == 11);
}

TEST_CASE("an event whose deliveries, readers or followers may be hidden is not deleted") {
  struct Case {
    std::string table;
    std::string id;
    std::string reason;
  };
  const std::string forced = " (may be forced)";
  const std::vector<Case> cases{
      {"module_artifact_event_deliveries", "0001",
       "skip: row level security may hide a module's delivery that names it as its source" + forced},
      {"notification_outbox_intake_receipts", "0015",
       "skip: row level security may hide whether the notification module has read it" + forced},
      {"notification_outbox_intake_rejections", "0015",
       "skip: row level security may hide whether the notification module has read it" + forced},
      {"sys_events", "0001", "skip: row level security may hide later events that name it as their cause" + forced}};
  for (const Case& one : cases) {
    CAPTURE(one.table);
    // The policy hides nothing, which nobody but the owner can know.
    Administered on(fixture("current"),
                    "DELETE FROM module_artifact_event_deliveries; ALTER TABLE " + one.table +
                        " ENABLE ROW LEVEL SECURITY; CREATE POLICY all_rows ON " + one.table +
                        " USING (true); DO $$ BEGIN CREATE ROLE rls_writer LOGIN; EXCEPTION WHEN duplicate_object THEN "
                        "NULL; END $$; GRANT SELECT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO rls_writer");
    const std::string before = planned(on, action_of(ActionKind::erase))[one.id];
    CHECK(before != one.reason);
    on.open(Access::write, "rls_writer");
    CHECK(planned(on, action_of(ActionKind::erase))[one.id] == one.reason);
  }
}

TEST_CASE("the table of 2026-02-03 knows neither claims nor errors") {
  Administered on(fixture("first"));
  const ActionOffer cancel = on.writes().offer(action_of(ActionKind::cancel));
  CHECK_FALSE(cancel.possible);
  CHECK(cancel.reason.starts_with("this table, as of 2026-02-03, records neither claims nor errors"));
  CHECK(cancel.nearest == "delete the event: queuetrace job delete ID");
  CHECK(planned(on, action_of(ActionKind::retry)) ==
        Json{{"0001", dispatched}, {"0002", "already: it waits"}, {"0003", "act"}, {"0004", "already: it waits"}});
  CHECK(done_to(on, action_of(ActionKind::retry), 3) == Json{{"outcome", "done"}, {"status", "pending"}});
  CHECK(done_to(on, forced(ActionKind::retry), 1) ==
        Json{{"outcome", "done"}, {"status", "pending"}, {"dispatched_at", nullptr}});
  CHECK(text_of(on.act(action_of(ActionKind::erase), event(4))) ==
        "skipped: it waits, and no claim is recorded here: a relay may be at work on it");
  CHECK(text_of(on.act(forced(ActionKind::erase), event(4))) == "done");
  CHECK(on.database().ask("SELECT count(*) FROM sys_events") == "3");
}

TEST_CASE("events are neither moved nor paused") {
  Administered on(fixture("seed"));
  Action move = action_of(ActionKind::move);
  move.queue = "orders";
  CHECK(on.writes().offer(move).reason.starts_with("an event's queue is the first part of its type"));
  CHECK_THROWS_AS(on.plan_all(move), Error);
  CHECK(on.writes().offer_pause().reason == "relays take from one outbox and know no pause");
  CHECK_FALSE(on.writes().offer_pause().nearest.empty());
  CHECK_THROWS_AS(on.writes().set_paused({"node", true, "", "test"}), Error);
}
