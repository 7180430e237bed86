#include "tests/conformance/limited_roles.hpp"

#include <algorithm>

namespace queuetrace::test {

std::string in_every_schema(const std::string& statement) {
  return "DO $$ DECLARE one name; BEGIN FOR one IN SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' "
         "AND "
         "nspname <> 'information_schema' LOOP EXECUTE format('" +
         statement + "', one); END LOOP; END $$;";
}

std::string make_reader(const std::string& name) {
  return "DO $$ BEGIN CREATE ROLE " + name + " LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;" +
         in_every_schema("GRANT USAGE ON SCHEMA %I TO " + name) +
         in_every_schema("GRANT SELECT ON ALL TABLES IN SCHEMA %I TO " + name);
}

std::string for_each_job_table(const Fixture& fixture, const std::string& statement) {
  std::string names;
  for (const std::string& table : job_tables(fixture)) names += (names.empty() ? "^(" : "|") + table;
  names += ")$";
  return "DO $$ DECLARE one regclass; BEGIN FOR one IN SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = "
         "c.relnamespace WHERE c.relkind IN ('r', 'p') AND c.relname ~ '" +
         names + "' LOOP EXECUTE format('" + statement + "', one); END LOOP; END $$;";
}

std::string texts_of(const std::vector<Finding>& findings) {
  std::vector<std::string> texts;
  for (const Finding& finding : findings) texts.push_back(finding.code + ": " + finding.text);
  return joined(texts);
}

std::string told_of_jobs(JobStore& store) {
  JobQuery query;
  query.page_size = 1000;
  std::vector<std::string> told;
  for (const Job& job : list_all(store, query))
    told.push_back(job.ref.id.raw() + " " + std::string(to_word(job.state)));
  return joined(sorted(told));
}

bool any_of_code(const std::vector<Finding>& findings, const std::string& code) {
  return std::ranges::any_of(findings, [&](const Finding& finding) { return finding.code == code; });
}

}  // namespace queuetrace::test
