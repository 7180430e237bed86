// A database with a Procrastinate fixture in it, and short questions to its store.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/engines/sql/store.hpp"
#include "backends/systems/procrastinate/system.hpp"
#include "tests/support/postgres_server.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {

namespace test::jobs_of_procrastinate {

inline const SqlSystem* const systems[] = {&procrastinate::system};
inline constexpr const char* first_trace = "0af7651916cd43dd8448eb211c80319c";

inline std::string fixture(const std::string& variant) {
  std::ifstream stream("fixtures/" + variant + "/load.sql");
  REQUIRE(stream);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

inline std::vector<std::unique_ptr<JobStore>> open(const Source& source) {
  return open_sql_stores(connect_postgres(source), source, systems);
}

inline std::unique_ptr<JobStore> open_one(const Source& source) {
  std::vector<std::unique_ptr<JobStore>> stores = open(source);
  REQUIRE(stores.size() == 1);
  return std::move(stores.front());
}

/// A database with this fixture in it.
struct Loaded {
  explicit Loaded(const std::string& variant) { database.run(fixture(variant)); }
  std::unique_ptr<JobStore> open() const { return open_one(database.source()); }
  PostgresDatabase database;
};

inline std::vector<std::string> ids(const std::vector<Job>& jobs) {
  std::vector<std::string> out;
  for (const Job& job : jobs) out.push_back(job.ref.id.raw());
  return out;
}

inline Page find(JobStore& store, const std::string& trace) {
  JobQuery query;
  query.filter.traces = {make_trace_query(trace)};
  return store.list(query);
}

inline Job job(JobStore& store, const std::string& id) {
  JobQuery query;
  query.filter.ids = {id};
  query.payload = true;
  const Page page = store.list(query);
  REQUIRE(page.jobs.size() == 1);
  return page.jobs.front();
}

inline std::vector<std::string> codes(const Job& job) {
  std::vector<std::string> out;
  for (const Note& note : job.notes) out.push_back(note.code);
  return out;
}

inline const Value* extra(const Job& job, const std::string& name) {
  for (const Field& field : job.extra)
    if (field.name == name) return &field.value;
  return nullptr;
}

/// By its code, or by its subject.
inline const Finding* finding(const StoreCheck& check, const std::string& name) {
  for (const Finding& found : check.findings)
    if (found.code == name || found.subject == name) return &found;
  return nullptr;
}

using Words = std::vector<std::string>;

}  // namespace test::jobs_of_procrastinate
}  // namespace queuetrace
