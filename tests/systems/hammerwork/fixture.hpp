// A fixture of Hammerwork loaded into a database of its own and opened, and its jobs.
#pragma once

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/engines/sql/store.hpp"
#include "backends/systems/hammerwork/system.hpp"
#include "tests/support/postgres_server.hpp"

namespace queuetrace::test {

struct Fixture {
  PostgresDatabase database;
  nlohmann::json expected;
  std::shared_ptr<SqlConnection> connection;
  std::unique_ptr<JobStore> store;

  explicit Fixture(const std::string& name) : database("fixtures/" + name + "/load.sql") {
    expected = nlohmann::json::parse(std::ifstream("fixtures/" + name + "/expected.json"));
    open();
  }
  void open() {
    connection = connect_postgres(database.source());
    const SqlSystem* systems[] = {&hammerwork::system};
    std::vector<std::unique_ptr<JobStore>> stores = open_sql_stores(connection, database.source(), systems);
    REQUIRE(stores.size() == 1);
    store = std::move(stores.front());
  }
};

inline std::vector<std::string> ids_of(const std::vector<Job>& jobs) {
  std::vector<std::string> ids;
  for (const Job& job : jobs) ids.push_back(job.ref.id.raw());
  return ids;
}

inline const Job& find(const std::vector<Job>& jobs, std::string_view id) {
  for (const Job& job : jobs)
    if (job.ref.id.raw() == id) return job;
  FAIL("missing " << id);
  return jobs.front();
}

/// The id that the fixtures give to the job `number`.
inline std::string job_id(int number) {
  char text[40];
  std::snprintf(text, sizeof text, "%08x-0000-4000-8000-%012x", static_cast<unsigned>(number),
                static_cast<unsigned>(number));
  return text;
}

}  // namespace queuetrace::test
