// What scripts read: every member that they need is in the JSON of every command that owes it, under one name.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/cli/stage.hpp"
#include "tests/cli/transcript.hpp"

namespace queuetrace::test {
namespace {

using Json = nlohmann::json;

/// Members that each of some records of a list must have, or at least one of them.
struct Members {
  std::string command;            ///< without `queuetrace`
  std::string list;               ///< key of the records; empty: the document itself
  std::vector<std::string> all;   ///< in every record
  std::vector<std::string> some;  ///< in at least one: what a record has only where it is known
};

/// `waits_for.queue` looks into the objects of a list, or into an object.
bool has(const Json& record, const std::string& path) {
  const std::size_t dot = path.find('.');
  const std::string name = path.substr(0, dot);
  if (!record.is_object() || !record.contains(name)) return false;
  if (dot == std::string::npos) return true;
  const Json& inner = record[name];
  const std::string rest = path.substr(dot + 1);
  if (!inner.is_array()) return has(inner, rest);
  return !inner.empty() && std::ranges::all_of(inner, [&](const Json& one) { return has(one, rest); });
}

const Members owed[] = {
    {"job list -s hw -s demo",
     "jobs",
     {"ref", "source", "system", "id", "state"},
     {"native_state", "since_at", "due_in_ms", "age_ms", "waits_for.ref", "trace_id", "trace_url"}},
    {"job list -s hw -s demo", "", {"total", "state_counts.dead", "truncated", "sources.address", "warnings"}, {}},
    {"job list -s hw -l 2", "", {"next_cursor", "total", "state_counts"}, {}},
    {"job list -s hw --dead", "", {"total", "state_counts.dead"}, {}},
    {"job list -s hw --since 90d --dead", "", {"time_field"}, {}},
    {"job list -s hw -l 0", "", {"order"}, {}},
    {"job list -s hw --count", "", {"counts"}, {}},
    {"job show -s hw 00000002", "jobs", {"position", "since_at", "age_ms"}, {}},
    {"job show -s demo daa27fb8", "jobs", {"waits_for.ref", "waits_for.queue", "waits_for.state"}, {}},
    {"stats -s hw",
     "queues",
     {"source", "queue", "waiting", "running", "failed", "paused"},
     {"paused_at", "paused_by", "oldest_age_ms", "oldest_due_age_ms", "stale"}},
    {"queue list -s hw",
     "queues",
     {"source", "queue", "waiting", "running", "failed", "dead", "paused"},
     {"paused_at", "paused_by", "oldest_age_ms"}},
    {"queue show -s hw email",
     "queues",
     {"verdict", "due", "held.reason", "held.count", "next", "errors.group", "errors.sample_error", "failed",
      "oldest_age_ms", "oldest_due_age_ms"},
     {}},
    {"peek -s hw -q email --why", "jobs", {"position", "age_ms"}, {}},
    {"peek -s hw -q email --why", "", {"queues.waiting.reason", "queues.exact"}, {}},
    {"job errors -s demo -s hw",
     "groups",
     {"group", "count", "first_seen_at", "last_seen_at", "message", "sample_error", "last_error", "queue_counts.queue",
      "queue_counts.jobs"},
     {}},
    {"job errors -s demo --since 1h", "groups", {"trend"}, {}},
    {"trace show -s demo order-12345", "nodes", {}, {"state", "queue", "started_at"}},
    {"health -s hw --max-dead 0", "checks", {"status", "check", "queue", "value", "limit"}, {}},
    {"doctor -s hw", "findings", {"severity", "code", "text"}, {"count", "samples", "queues.queue", "queues.jobs"}},
    {"doctor -s hw", "", {"problems", "warnings_found", "notes", "checks"}, {}},
    {"doctor -s files", "findings", {"severity"}, {"queues.jobs"}},
    {"job retry -s hw --state dead --dry-run",
     "",
     {"counts.act", "queues.queue", "queues.jobs", "paused_queues", "effect", "source", "target"},
     {}},
    {"job move -s hw 00000001 --to paused --dry-run", "", {"target_queue", "queues.jobs", "paused_queues"}, {}},
    {"queue pause -s hw email --dry-run", "queues", {"result", "waiting", "running"}, {}},
    {"source list --check", "sources", {"name", "url", "status", "default"}, {"systems", "may_change"}},
    {"version", "version", {"version", "libraries.fmt"}, {}},
};

Json document_of(const Stage& stage, const std::string& command) {
  const ProgramResult answer = stage.run(split_command("queuetrace " + command + " -o json", stage.values()));
  const Json document = Json::parse(answer.output, nullptr, false);
  CHECK_MESSAGE(!document.is_discarded(), answer.output, answer.messages);
  return document;
}

TEST_CASE("members that scripts need are there, under one name") {
  const Stage stage;
  for (const Members& one : owed) {
    INFO(one.command);
    const Json document = document_of(stage, one.command);
    const Json whole = one.list.empty() ? document : document.value(one.list, Json());
    const Json records = whole.is_array() ? whole : Json::array({whole});
    REQUIRE_FALSE(records.empty());
    for (const std::string& member : one.all)
      for (const Json& record : records) CHECK_MESSAGE(has(record, member), member, " in ", record.dump());
    for (const std::string& member : one.some)
      CHECK_MESSAGE(std::ranges::any_of(records, [&](const Json& record) { return has(record, member); }), member);
  }
}

TEST_CASE("what a paused queue holds is told by the plan, and a source that failed by every answer") {
  const Stage stage;
  CHECK(document_of(stage, "job move -s hw 00000001 --to paused --dry-run").at("paused_queues") ==
        Json::array({"paused"}));
  CHECK(document_of(stage, "job move -s hw 00000001 --to paused --dry-run").at("target_queue") == "paused");
  CHECK(document_of(stage, "job retry -s hw --state dead --dry-run").at("paused_queues") == Json::array());
  for (const char* command : {"job list", "stats", "queue list", "job errors", "doctor", "peek",
                              "trace show order-12345", "health --max-age 1h", "trace list"}) {
    INFO(command);
    const Json document = document_of(stage, std::string(command) + " -s demo -s redis://127.0.0.1:1");
    REQUIRE(document.contains("warnings"));
    CHECK(document["warnings"].dump().find("127.0.0.1-1") != std::string::npos);
    CHECK(document["sources"].dump().find("\"failed\"") != std::string::npos);
  }
}

TEST_CASE("failed means the same everywhere, and so does the oldest age") {
  const Stage stage;
  std::map<std::string, std::set<std::string>> told;
  for (const char* command : {"stats -s hw -q email", "queue list -s hw -q email", "queue show -s hw email"}) {
    const Json queue = document_of(stage, command).at("queues").at(0);
    for (const char* member : {"failed", "waiting", "running", "oldest_age_ms"})
      if (queue.contains(member)) told[member].insert(queue[member].dump());
  }
  for (const auto& [member, values] : told) CHECK_MESSAGE(values.size() == 1, member);
  CHECK(told["failed"] == std::set<std::string>{"5"});
}

}  // namespace
}  // namespace queuetrace::test
