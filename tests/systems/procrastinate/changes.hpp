// Fixtures of Procrastinate to be changed, and what became of their jobs.
#pragma once

#include "model/error.hpp"
#include "tests/support/administered.hpp"

namespace queuetrace::test::procrastinate {

using Json = nlohmann::json;

inline const std::string jobs = "procrastinate_jobs";

inline std::filesystem::path fixture(const std::string& variant) { return "fixtures/" + variant + "/load.sql"; }

inline Action forced(ActionKind kind) {
  Action action = action_of(kind);
  action.force = true;
  return action;
}

inline Action reset() {
  Action action = action_of(ActionKind::retry);
  action.reset_attempts = true;
  return action;
}

inline Action move_to(const std::string& queue) {
  Action action = action_of(ActionKind::move);
  action.queue = queue;
  return action;
}

inline Json row_of(const Administered& on, int id) {
  return on.rows(jobs, "id = " + std::to_string(id)).at(std::to_string(id));
}

/// What happened to a job since the fixture was loaded: the events that are newer than any of the fixture's.
inline std::string new_events(const Administered& on, int id) {
  return on.database().ask(
      "SELECT coalesce(string_agg(type::text, ' ' ORDER BY id), '') FROM procrastinate_events WHERE "
      "job_id = " +
      std::to_string(id) +
      " AND (at > now() - interval '1 minute' OR type = 'scheduled') AND id > "
      "(SELECT seen FROM fixture_events)");
}

inline Administered loaded(const std::string& variant, const std::string& more = "") {
  return Administered(fixture(variant),
                      more + ";CREATE TABLE fixture_events AS SELECT max(id) AS seen FROM procrastinate_events");
}

/// Does it to one job: what became of it, which columns changed, and what its history says of it.
inline Json done_to(Administered& on, const Action& action, int id) {
  const Json before = row_of(on, id);
  const std::string said = text_of(on.act(action, std::to_string(id)));
  Json out = on.difference(before, row_of(on, id));
  out["outcome"] = said;
  if (const std::string events = new_events(on, id); !events.empty()) out["events"] = events;
  return out;
}

/// The plan of some jobs, `id: verdict`.
inline Json planned(Administered& on, const Action& action, const std::vector<int>& ids) {
  Json out = Json::object();
  for (const int id : ids) out[std::to_string(id)] = text_of(on.plan(action, std::to_string(id)));
  return out;
}

inline const std::string waits = "already: it waits to run as it is";
inline const std::string only_failed = "skip: only failed jobs can be retried: defer it anew from the application";
inline const std::string silent =
    "skip: it is marked as running, but its worker is gone or silent for over 30 seconds; a worker that is shutting "
    "down is silent as well while it finishes its jobs (may be forced)";
inline const std::string unknown_worker =
    "skip: it runs, and no heartbeats can be read here: only who knows that its worker is gone may force it, else it "
    "runs twice (may be forced)";
inline const std::string asked = "already: its worker was asked to abort it";
inline const std::string ended = "skip: it has ended";

}  // namespace queuetrace::test::procrastinate
