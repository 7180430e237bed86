// Every system: constants that stand where ids of traces and spans belong tie no jobs together, nor does what stands
// for no id at all where ids of any kind belong.
#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

#include "commands/trace/links.hpp"
#include "tests/conformance/fixture.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"
#include "tracing/trace_link_finder.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// What the scripts plant, and in its place what they are to plant.
constexpr std::string_view constant = "temp-span-id";

std::string planting(std::string script, std::string_view id) {
  for (std::size_t at = script.find(constant); at != std::string::npos; at = script.find(constant, at + id.size()))
    script.replace(at, constant.size(), id);
  return script;
}

/// Columns called so, and members of JSON documents.
constexpr const char* planted_in_tables = R"sql(
SET session_replication_role = replica;
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT a.attrelid::regclass AS place, a.attname AS name, a.atttypid::regtype AS type FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attgenerated = '' AND n.nspname NOT IN ('pg_catalog', 'information_schema') LOOP
    IF one.type IN ('text'::regtype, 'character varying'::regtype) AND one.name ~ '(trace|span)_?id$' THEN
      EXECUTE format('UPDATE %s SET %I = ''temp-span-id'' WHERE %2$I IS NOT NULL', one.place, one.name);
    ELSIF one.type IN ('json'::regtype, 'jsonb'::regtype) THEN
      EXECUTE format('UPDATE %s SET %I = regexp_replace(%2$I::text, ''("[A-Za-z_]*([Tt]race|[Ss]pan)_?[Ii]d"\s*:\s*)"[^"]*"'', ''\1"temp-span-id"'', ''g'')::%s', one.place, one.name, one.type);
    END IF;
  END LOOP;
END $$)sql";

constexpr const char* planted_in_keys = R"lua(
local function planted(text) return (text:gsub('("[%w_]*[ts][rp]a[cn]e?_?[iI]d"%s*:%s*)"[^"]*"', '%1"temp-span-id"')) end
for _, key in ipairs(redis.call('KEYS', '*')) do
  local kind = redis.call('TYPE', key).ok
  if kind == 'list' then
    for place, element in ipairs(redis.call('LRANGE', key, 0, -1)) do
      redis.call('LSET', key, place - 1, planted(element))
    end
  elseif kind == 'hash' then
    local fields = redis.call('HGETALL', key)
    for at = 1, #fields, 2 do
      local value = planted(fields[at + 1])
      if fields[at]:find('trace_id$') or fields[at]:find('span_id$') then value = 'temp-span-id' end
      redis.call('HSET', key, fields[at], value)
    end
  end
end)lua";

/// A UUID of zeros in every column for the id of an order, a workflow, a batch or a cause, and in members for one.
constexpr const char* no_ids_in_tables = R"sql(
SET session_replication_role = replica;
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT a.attrelid::regclass AS place, a.attname AS name, a.atttypid::regtype AS type FROM pg_attribute a
      JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attgenerated = '' AND n.nspname NOT IN ('pg_catalog', 'information_schema') LOOP
    IF one.type IN ('text'::regtype, 'character varying'::regtype, 'uuid'::regtype)
        AND one.name ~* '(correlation|causation|workflow|batch|parent_span|conversation|initiator)_?id$' THEN
      BEGIN
        EXECUTE format('UPDATE %s SET %I = ''00000000-0000-0000-0000-000000000000'' WHERE %2$I IS NOT NULL', one.place, one.name);
      EXCEPTION WHEN integrity_constraint_violation OR string_data_right_truncation THEN NULL;
      END;
    ELSIF one.type IN ('json'::regtype, 'jsonb'::regtype) THEN
      EXECUTE format('UPDATE %s SET %I = regexp_replace(%2$I::text, ''("[A-Za-z_]*([Cc]orrelation|[Cc]ausation|[Ww]orkflow|[Bb]atch)_?[Ii]d"\s*:\s*)"[^"]*"'', ''\1"00000000-0000-0000-0000-000000000000"'', ''g'')::%s', one.place, one.name, one.type);
    END IF;
  END LOOP;
END $$)sql";

constexpr const char* no_ids_in_keys = R"lua(
local zeros = '00000000-0000-0000-0000-000000000000'
local function planted(text)
  for _, name in ipairs({'orrelation', 'ausation', 'orkflow', 'atch'}) do
    text = text:gsub('("[%w_]*' .. name .. '_?[iI]d"%s*:%s*)"[^"]*"', '%1"' .. zeros .. '"')
  end
  return text
end
for _, key in ipairs(redis.call('KEYS', '*')) do
  local kind = redis.call('TYPE', key).ok
  if kind == 'list' then
    for place, element in ipairs(redis.call('LRANGE', key, 0, -1)) do
      redis.call('LSET', key, place - 1, planted(element))
    end
  elseif kind == 'hash' then
    local fields = redis.call('HGETALL', key)
    for at = 1, #fields, 2 do
      local value = planted(fields[at + 1])
      if fields[at]:find('workflow_id$') or fields[at]:find('correlation_id$') then value = zeros end
      redis.call('HSET', key, fields[at], value)
    end
  end
end)lua";

constexpr const char* zeros = "00000000-0000-0000-0000-000000000000";

bool is(const std::optional<Untrusted>& id, std::string_view text) { return id && id->raw() == text; }

}  // namespace

TEST_CASE("jobs with a constant or a counted word in place of trace and span ids have no tie by it") {
  for (const std::string_view planted : {constant, std::string_view("temp-span-1"), std::string_view("span-1")}) {
    for (const Fixture& fixture : all_fixtures()) {
      CAPTURE(planted);
      CAPTURE(fixture.name);
      LoadedFixture loaded(fixture);
      if (loaded.database() != nullptr)
        loaded.database()->run(planting(planted_in_tables, planted));
      else if (loaded.redis() != nullptr)
        loaded.redis()->run({{"EVAL", planting(planted_in_keys, planted), "0"}});
      else
        continue;
      JobQuery query;
      query.page_size = 1'000;
      const std::vector<Job> jobs = list_all(*loaded.open_again().front(), query);
      for (const NamedParent& named : named_parents(jobs)) {
        CAPTURE(jobs[named.child].ref.id.raw());
        CHECK((named.edge != TraceEdge::parent_span || !is(jobs[named.child].trace.parent_span_id, planted)));
      }
      for (const Job& job : jobs) {
        CAPTURE(job.ref.id.raw());
        CHECK(std::ranges::none_of(link_keys(job), [&](const LinkKey& key) {
          return key.kind == LinkKey::Kind::span && key.text == planted;
        }));
      }
      if (planted == "span-1") continue;  // as a trace, somebody may have named one so
      std::vector<std::size_t> each_alone(jobs.size());
      std::iota(each_alone.begin(), each_alone.end(), std::size_t{0});
      const std::vector<TraceEdge> ties = shared_ties(jobs, each_alone);
      for (std::size_t index = 0; index < jobs.size(); ++index)
        CHECK((ties[index] != TraceEdge::same_trace || !is(jobs[index].trace.trace_id, planted)));
    }
  }
}

TEST_CASE("jobs whose ids of orders, workflows, batches and causes are zeros have no tie by them") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    if (loaded.database() != nullptr)
      loaded.database()->run(no_ids_in_tables);
    else if (loaded.redis() != nullptr)
      loaded.redis()->run({{"EVAL", no_ids_in_keys, "0"}});
    else
      continue;
    JobQuery query;
    query.page_size = 1'000;
    const std::vector<Job> jobs = list_all(*loaded.open_again().front(), query);
    for (const NamedParent& named : named_parents(jobs)) CHECK(named.missing.raw() != zeros);
    for (const Job& job : jobs) {
      CAPTURE(job.ref.id.raw());
      if (job.ref.id.raw() == zeros) continue;  // others name it so, where the id of the order is the job's own
      CHECK(std::ranges::none_of(link_keys(job), [](const LinkKey& key) { return key.text == zeros; }));
    }
    std::vector<std::size_t> each_alone(jobs.size());
    std::iota(each_alone.begin(), each_alone.end(), std::size_t{0});
    const std::vector<TraceEdge> ties = shared_ties(jobs, each_alone);
    const auto is_zeros = [](const std::optional<Untrusted>& id) { return is(id, zeros); };
    for (std::size_t index = 0; index < jobs.size(); ++index) {
      CHECK((ties[index] != TraceEdge::same_correlation || !is_zeros(jobs[index].trace.correlation_id)));
      CHECK((ties[index] != TraceEdge::same_workflow || !is_zeros(jobs[index].workflow_id)));
      CHECK((ties[index] != TraceEdge::same_batch || !is_zeros(jobs[index].batch_id)));
    }
  }
}
