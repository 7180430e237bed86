// The fixtures of tests/systems/<system>/fixtures/<variant>, and one of them loaded into a server of its own kind.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "backends/job_store.hpp"
#include "backends/systems/catalogue.hpp"
#include "model/system_description.hpp"

namespace queuetrace::test {

class PostgresDatabase;
class RedisServer;

/// One variant of a system: what to load and what must be read from it (expected.json; its members are described in
/// tests/systems/README.md).
struct Fixture {
  std::string name;  ///< `hammerwork/dialect_b`; of a variation `hammerwork/dialect_b/no_archive`
  std::filesystem::path folder;
  nlohmann::json expected;               ///< a variation's jobs may differ
  std::filesystem::path variation = {};  ///< SQL that runs behind the fixture's own; empty: none
  /// The recipe it is read by (share/systems); absent: the system is built in.
  std::optional<SystemDescription> description = {};

  /// Where its data lie.
  bool in_postgres() const;
  bool in_sqlite() const;
  bool in_redis() const;

  /// The systems that are looked for in it: the built-in ones and that of the recipe.
  Catalogue catalogue() const;
};

/// All fixtures, sorted by name; of one system where QUEUETRACE_CONFORMANCE names its folder, as CTest does to run the
/// suite a system at a time. Throws when there is none: a missing fixture must not look like a pass.
const std::vector<Fixture>& all_fixtures();

/// All fixtures, whatever QUEUETRACE_CONFORMANCE says.
const std::vector<Fixture>& fixtures_of_every_system();

/// The names of the systems that the fixtures are of.
std::set<std::string> systems_of(const std::vector<Fixture>& fixtures);

/// All fixtures, each followed by its variations (`variations/*.sql`): schemas that other statements change.
const std::vector<Fixture>& all_fixtures_and_variations();

/// A fixture's data in a database or server of its own, gone with this object.
class LoadedFixture {
 public:
  /// `encoding`: of the database, where it lies in PostgreSQL; empty: UTF-8.
  explicit LoadedFixture(const Fixture& fixture, const std::string& encoding = "");
  ~LoadedFixture();

  /// Opened by detection: no system is named unless the fixture does so.
  JobStore& store() { return *stores_.front(); }
  const std::vector<std::unique_ptr<JobStore>>& stores() const { return stores_; }

  /// The same store in a session of its own that may write; as long as this object.
  JobStore& writable();

  /// Whether jobs of the system cannot be changed where it lies (`"changes": false` in expected.json).
  bool only_read() const { return only_read_; }

  /// The same stores in new sessions.
  std::vector<std::unique_ptr<JobStore>> open_again() const;

  /// nullptr where it does not lie in PostgreSQL.
  const PostgresDatabase* database() const;
  /// nullptr where it does not lie in Redis.
  RedisServer* redis() const;
  /// Whether it is read by a recipe: nothing can be changed then.
  bool is_described() const { return described_; }

  /// Actions that the system offers at least, those with --force counted by themselves.
  std::size_t least_actions() const { return least_actions_; }

  /// Where it lies, as it is opened.
  const Source& source() const { return source_; }
  /// The stores in a session of its own, as another user where one is named.
  std::vector<std::unique_ptr<JobStore>> open_again(Access access, const std::string& user = "") const;

  /// A digest of everything in the database or server: equal means that every row, element, hash and score is.
  std::string digest() const;

 private:
  struct Server;
  std::unique_ptr<Server> server_;
  bool only_read_ = false;
  std::size_t least_actions_;
  Source source_;
  Catalogue catalogue_;
  bool described_ = false;
  std::vector<std::unique_ptr<JobStore>> stores_;
  std::vector<std::unique_ptr<JobStore>> writable_;
};

/// A fixture for cases that only read, loaded once for several of them: what one changes the next would see. Stays
/// until a dozen others were asked for.
LoadedFixture& loaded_for_reading(const Fixture& fixture);

/// The table of the live jobs of a fixture in PostgreSQL; no names where they lie in a table a queue.
struct JobTable {
  std::string schema;  ///< as the server names it, not quoted
  std::string name;
};
JobTable live_table(const Fixture& fixture, const LoadedFixture& loaded);

/// Patterns of the names of the tables that hold jobs of the fixture's system, in all of its forms.
std::vector<std::string> job_tables(const Fixture& fixture);

/// Every job of a store, page by page.
std::vector<Job> list_all(JobStore& store, JobQuery query);

/// A job as `-o jsonl` prints it.
nlohmann::json as_json(const Job& job);

/// Ids in order.
std::vector<std::string> ids_of(const std::vector<Job>& jobs);
std::vector<std::string> sorted(std::vector<std::string> texts);
/// One a line, for messages that show where two lists differ.
std::string joined(const std::vector<std::string>& texts);

}  // namespace queuetrace::test
