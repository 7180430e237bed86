// Roles of PostgreSQL that may see a part of a fixture, and what a store says of what it does not see.
#pragma once

#include <string>
#include <vector>

#include "tests/conformance/fixture.hpp"

namespace queuetrace::test {

/// A statement that runs this one for each user's schema of the database; `%I` is its name.
std::string in_every_schema(const std::string& statement);

/// A statement that makes a role that may read every table.
std::string make_reader(const std::string& name);

/// A statement that runs this one for each table that holds jobs of the fixture's system, of a family each of its
/// tables;
/// `%s` is the table.
std::string for_each_job_table(const Fixture& fixture, const std::string& statement);

std::string texts_of(const std::vector<Finding>& findings);

/// Ids and states of all jobs.
std::string told_of_jobs(JobStore& store);

bool any_of_code(const std::vector<Finding>& findings, const std::string& code);

}  // namespace queuetrace::test
