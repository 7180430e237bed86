// A change of more jobs than a plan lists looks for the next ones in a session of its own while it changes what it
// found; where the server gives none, in turn: by the program on a real server, with the whole table compared
// afterwards.
#include <doctest/doctest.h>
#include <unistd.h>

#include "tests/support/clean_environment.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

using testing::TemporaryFolder;

constexpr int ended = 10'560, pending = 440;

struct LargeTable {
  LargeTable() {
    database.run_file(std::string(TEST_SYSTEMS) + "/hammerwork/fixtures/dialect_b/load.sql");
    database.run(
        "DELETE FROM hammerwork_jobs; DELETE FROM hammerwork_jobs_archive; INSERT INTO hammerwork_jobs (id, "
        "queue_name, payload, status, created_at, "
        "scheduled_at, completed_at) SELECT md5(n::text)::uuid, 'email', jsonb_build_object('order', n), CASE WHEN n "
        "% 25 = 0 THEN 'Pending' ELSE 'Completed' END, now() - interval '1 day', now() - interval '1 day', CASE WHEN "
        "n % 25 <> 0 THEN now() END FROM generate_series(1, " +
        std::to_string(ended + pending) + ") n; ANALYZE hammerwork_jobs");
    database.run("CREATE ROLE operator LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO operator");
    url = database.url("operator");
  }
  ~LargeTable() { database.run("DROP OWNED BY operator; DROP ROLE operator"); }

  /// How many jobs were done, and with how many something else became.
  std::string run(std::vector<std::string> words) {
    words.insert(words.begin(), QUEUETRACE_PROGRAM);
    words.insert(words.end(), {"--source", url, "--yes", "--max", "0", "--confirm", database.name(), "--jq",
                               ".counts | \"\\(.done) \\(([.[]] | add) - .done)\""});
    const ProgramResult result = run_program(words, clean_environment(home.path()));
    CHECK_MESSAGE(result.exit_code == 0, result.messages);
    return result.output;
  }
  std::string jobs() const {
    return database.ask("SELECT count(*) || ' ' || md5(string_agg(j::text, ',' ORDER BY id)) FROM hammerwork_jobs j");
  }
  std::string count(const std::string& status) const {
    return database.ask("SELECT count(*) FROM hammerwork_jobs WHERE status = '" + status + "'");
  }

  PostgresDatabase database;
  TemporaryFolder home;
  std::string url;
};

}  // namespace

TEST_CASE("a large purge deletes each job once, and its backup holds each as it was") {
  LargeTable table;
  const std::string before = table.jobs();
  const std::string backup = (table.home.path() / "backup.jsonl").string();
  CHECK(table.run({"purge", "--state", "completed", "--backup", backup}) == std::to_string(ended) + " 0\n");
  CHECK(table.count("Completed") == "0");
  CHECK(table.count("Pending") == std::to_string(pending));
  CHECK(table.run({"job", "restore", backup}) == std::to_string(ended) + " 0\n");
  CHECK(table.jobs() == before);
}

TEST_CASE("a large purge by a role that may have one session only is made in that one") {
  LargeTable table;
  table.database.run("ALTER ROLE operator CONNECTION LIMIT 1");
  CHECK(table.run({"purge", "--state", "completed", "--no-backup"}) == std::to_string(ended) + " 0\n");
  CHECK(table.count("Completed") == "0");
  CHECK(table.count("Pending") == std::to_string(pending));
}

}  // namespace queuetrace::test
