// Every rule that `doctor` has for PGMQ, each with a change of a healthy database that makes it speak.
#include <doctest/doctest.h>

#include "backends/systems/pgmq/system.hpp"
#include "tests/systems/diagnosis_cases.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

std::string message(const std::string& id, std::map<std::string, std::string> given) {
  given["msg_id"] = "DEFAULT";
  return "ALTER TABLE pgmq.q_email ALTER msg_id RESTART WITH " + id + ";" +
         insert("pgmq.q_email",
                {{"enqueued_at", "now()"},
                 {"vt", "now() - interval '1 minute'"},
                 {"headers", "'{\"traceparent\": \"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}'"}},
                given);
}

const HealthyDatabases healthy{
    {"v1_13",
     {.rows =
          "TRUNCATE pgmq.q_email, pgmq.a_email, pgmq.\"q_re ports.1\", pgmq.\"a_re ports.1\"; DELETE FROM pgmq.meta "
          "WHERE queue_name NOT IN ('email', 'Re ports.1', 'empty');" +
          message("1", {}) + message("2", {{"vt", "now() + interval '1 minute'"}, {"read_ct", "1"}}) +
          message("3", {{"vt", "now() + interval '9 days'"}})}}};

const std::vector<DiagnosisCase> cases{
    {"read-often", "v1_13", message("10", {{"read_ct", "10"}}), 1, {"email/10"}},
    {"not-taken", "v1_13", message("10", {{"vt", "now() - interval '2 hours'"}}), 1, {"email/10"}},
    {"leased-for-long",
     "v1_13",
     message("10", {{"vt", "now() + interval '2 days'"}, {"read_ct", "1"}}),
     1,
     {"email/10"}},
    {"missing-table", "v1_13", "INSERT INTO pgmq.meta VALUES ('lost', false, false, now());", 1, {"lost"}},
    {"shared-table", "v1_13", "INSERT INTO pgmq.meta VALUES ('Email', false, false, now());", 2, {"Email", "email"}},
};

}  // namespace

TEST_CASE("doctor: every rule for PGMQ") { check_diagnoses(pgmq::system, healthy, cases); }
