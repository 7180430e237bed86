// Tables in a database of their own, read by a description.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backends/drivers/sqlite/writer.hpp"
#include "backends/open.hpp"
#include "cli/config.hpp"
#include "model/error.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {

/// A table `t` whose rows are jobs by their `id`, in these states.
inline std::string state_of(const std::string& states) {
  return "family = [\"postgresql\", \"sqlite\"]\ntable = \"t\"\nid = \"id\"\nstates = " + states + "\n";
}

/// What `parse_configuration` finds wrong, a line each: `12: text (hint)`.
inline std::string problems_in(const std::string& toml) {
  std::string out;
  for (const ConfigurationProblem& problem : parse_configuration(toml, "config.toml", {}).problems)
    out += std::to_string(problem.line) + ": " + problem.text +
           (problem.hint.empty() ? "" : " (" + problem.hint + ")") + "\n";
  return out;
}

inline Catalogue catalogue_of(const std::string& toml) {
  const Configuration configuration = parse_configuration(toml, "config.toml", {});
  INFO(problems_in(toml));
  REQUIRE(configuration.problems.empty());
  return catalogue_with(configuration.systems);
}

/// The database or file of a case.
class DescribedStore {
 public:
  enum class Kind { postgresql, sqlite };

  DescribedStore(Kind kind, const std::string& sql) {
    if (kind == Kind::postgresql) {
      database_ = std::make_unique<PostgresDatabase>();
      database_->run(sql);
      source_ = database_->source();
    } else {
      SqliteWriter writer(folder_ / "jobs.db", false);
      writer.execute(sql.c_str());
      writer.finish();
      source_.url = Secret("sqlite:" + (folder_ / "jobs.db").string());
    }
    source_.name = "store";
  }

  std::vector<std::unique_ptr<JobStore>> open(const std::string& toml, Access access = Access::read) const {
    return open_stores(source_, access, catalogue_of(toml));
  }
  /// What opening throws, its notes a line each; empty: nothing.
  std::string refusal(const std::string& toml) const {
    try {
      open(toml);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::usage);
      std::string out = error.what();
      for (const std::string& note : error.notes()) out += "\n" + note;
      return out;
    }
    return {};
  }

  const PostgresDatabase& database() const { return *database_; }
  const Source& source() const { return source_; }

 private:
  testing::TemporaryFolder folder_;
  std::unique_ptr<PostgresDatabase> database_;
  Source source_;
};

inline std::map<std::string, Job> jobs_of(JobStore& store, JobFilter filter = {}) {
  JobQuery query;
  query.payload = true;
  query.page_size = 1000;
  query.filter = std::move(filter);
  std::map<std::string, Job> jobs;
  for (Job& job : store.list(query).jobs) jobs.emplace(job.ref.id.raw(), std::move(job));
  return jobs;
}

inline std::string states_of(const std::map<std::string, Job>& jobs) {
  std::string out;
  for (const auto& [id, job] : jobs)
    out += (out.empty() ? "" : ", ") + id + " " + std::string(to_word(job.state)) + " " +
           (job.native_state ? job.native_state->raw() : "-");
  return out;
}

}  // namespace queuetrace::test
