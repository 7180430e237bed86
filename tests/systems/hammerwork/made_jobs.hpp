// Hammerwork's jobs as a test makes them, with the workflows and batches of 2.x (docs/systems/hammerwork.md
// sections 2.3 and 2.4), and what became of them.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "tests/support/administered.hpp"

namespace queuetrace::test::hammerwork {

using Words = std::vector<std::string>;

inline std::string fixture(const std::string& dialect) { return "fixtures/" + dialect + "/load.sql"; }

inline std::string job_id(int number) {
  char text[40];
  std::snprintf(text, sizeof text, "%08x-0000-4000-8000-%012x", static_cast<unsigned>(number),
                static_cast<unsigned>(number));
  return text;
}

inline const std::string summary_tables =
    "CREATE TABLE hammerwork_batches (id uuid PRIMARY KEY, batch_name varchar NOT NULL, total_jobs int NOT NULL, "
    "completed_jobs int NOT NULL DEFAULT 0, failed_jobs int NOT NULL DEFAULT 0, pending_jobs int NOT NULL DEFAULT 0, "
    "status varchar NOT NULL, failure_mode varchar NOT NULL, created_at timestamptz NOT NULL, completed_at "
    "timestamptz, "
    "error_summary text, metadata jsonb); CREATE TABLE hammerwork_workflows (id uuid PRIMARY KEY, name varchar NOT "
    "NULL, "
    "status varchar NOT NULL DEFAULT 'running', created_at timestamptz NOT NULL DEFAULT now(), completed_at "
    "timestamptz, "
    "failed_at timestamptz, total_jobs int NOT NULL DEFAULT 0, completed_jobs int NOT NULL DEFAULT 0, failed_jobs int "
    "NOT NULL DEFAULT 0, failure_policy varchar NOT NULL DEFAULT 'fail_fast', metadata jsonb DEFAULT '{}'); "
    "TRUNCATE hammerwork_jobs, hammerwork_jobs_archive;";

struct Made {
  int id;
  std::string status = "Pending";
  int parent = 0;
  int workflow = 0;
  int batch = 0;
};

inline std::string insert(const std::vector<Made>& jobs) {
  std::string sql;
  for (const Made& job : jobs)
    sql +=
        "INSERT INTO hammerwork_jobs (id, queue_name, payload, status, created_at, scheduled_at, depends_on, "
        "dependency_status, workflow_id, batch_id, completed_at, failed_at) VALUES ('" +
        job_id(job.id) + "', 'email', '{}', '" + job.status + "', '2026-01-02Z', '2026-01-02Z', " +
        (job.parent == 0 ? std::string("'{}', 'none'") : "'{" + job_id(job.parent) + "}', 'waiting'") + ", " +
        (job.workflow == 0 ? std::string("NULL") : "'" + job_id(job.workflow) + "'") + ", " +
        (job.batch == 0 ? std::string("NULL") : "'" + job_id(job.batch) + "'") + ", " +
        (job.status == "Completed" ? "'2026-01-03Z'" : "NULL") + ", " +
        (job.status == "Failed" || job.status == "Dead" ? "'2026-01-03Z'" : "NULL") + ");";
  return sql;
}

inline std::string workflow(int id, const std::string& policy, int total, const std::string& status = "running") {
  return "INSERT INTO hammerwork_workflows (id, name, status, failure_policy, total_jobs) VALUES ('" + job_id(id) +
         "', 'import', '" + status + "', '" + policy + "', " + std::to_string(total) + ");";
}

inline std::string batch(int id, const std::string& mode, int total) {
  return "INSERT INTO hammerwork_batches (id, batch_name, total_jobs, pending_jobs, status, failure_mode, created_at) "
         "VALUES ('" +
         job_id(id) + "', 'b', " + std::to_string(total) + ", " + std::to_string(total) + ", 'Pending', '\"" + mode +
         "\"', '2026-01-02Z');";
}

/// Id (two digits), state, dependency status and error of every job.
inline Words jobs_in(const Administered& on) {
  const std::string text = on.database().ask(
      "SELECT substr(id::text, 7, 2) || ' ' || status || ' ' || dependency_status || coalesce(' ' || "
      "replace(error_message, '-0000-4000-8000-00000000', ''), '') FROM hammerwork_jobs ORDER BY id");
  Words lines;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

inline std::string workflows_in(const Administered& on) {
  return on.database().ask(
      "SELECT status, completed_jobs, failed_jobs, total_jobs, completed_at IS NOT NULL, failed_at "
      "IS NOT NULL FROM hammerwork_workflows ORDER BY id");
}

inline std::string batches_in(const Administered& on) {
  return on.database().ask(
      "SELECT status, completed_jobs, failed_jobs, pending_jobs, completed_at IS NOT NULL, "
      "error_summary FROM hammerwork_batches ORDER BY id");
}

inline Action cancel_with(const std::string& message) {
  Action action = action_of(ActionKind::cancel);
  action.message = message;
  return action;
}

}  // namespace queuetrace::test::hammerwork
