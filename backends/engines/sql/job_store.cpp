#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/owners_code.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backends/engines/sql/administration.hpp"
#include "backends/engines/sql/carrier_search.hpp"
#include "backends/engines/sql/cursor.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/row_reader.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "backends/engines/sql/statistics_parts.hpp"
#include "backends/engines/sql/write_obstacle.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

Lookup lookup_of(const BoundRelation& relation, SqlTraceRule::Kind kind) {
  Lookup best = Lookup::unsupported;
  for (const BoundTrace& trace : relation.traces) {
    if (trace.rule->kind != kind) continue;
    if (best == Lookup::unsupported || trace.rule->lookup == Lookup::scanned) best = trace.rule->lookup;
  }
  return best;
}

constexpr const char* stopped_by_server = "the server stopped the statement after its time-out";
constexpr const char* ask_for_less =
    "no index serves this question, or the tables are locked: name a trace, correlation or job id, ask for a "
    "longer --timeout, or lift the bound with --full";

}  // namespace

SqlJobStore::SqlJobStore(std::shared_ptr<SqlConnection> connection, BoundSystem system)
    : connection_(std::move(connection)), system_(std::move(system)) {}

JobAdministration& SqlJobStore::administration() {
  if (connection_->only_reads()) throw Error(ErrorKind::internal, "a store opened for reading was asked to write");
  if (!administration_) {
    refuse_unwritable(*connection_, system_, address());
    administration_ =
        std::make_unique<SqlAdministration>(*this, *connection_, system_, read_owners_code(*connection_, system_));
  }
  return *administration_;
}

Capabilities SqlJobStore::capabilities() const {
  const BoundRelation& live = system_.relations.front();
  Capabilities out;
  out.ordered = !system_.newest.empty();
  out.trace = lookup_of(live, SqlTraceRule::Kind::trace);
  if (!live.carriers.empty())
    out.trace = carriers_are_indexed(live) && out.trace != Lookup::scanned ? Lookup::indexed : Lookup::scanned;
  out.correlation = lookup_of(live, SqlTraceRule::Kind::correlation);
  out.links = lookup_of(live, SqlTraceRule::Kind::parent);
  if (out.links == Lookup::unsupported &&
      !(live.field(SqlField::parents).empty() && live.field(SqlField::causation_id).empty() &&
        live.field(SqlField::batch_id).empty()))
    out.links = Lookup::scanned;
  out.times = !live.field(SqlField::started_at).empty() && !live.field(SqlField::finished_at).empty();
  return out;
}

std::unique_ptr<SqlResult> SqlJobStore::run(const SqlStatement& statement, const ReadLimits& limits) {
  return connection_->query(statement, time_for_statement(limits, *connection_));
}

std::vector<Job> SqlJobStore::jobs_of(const JobSelect& select, const ReadLimits& limits) {
  std::vector<Job> jobs;
  if (select.statement.text.empty()) return jobs;
  const std::unique_ptr<SqlResult> rows = run(select.statement, limits);
  jobs.reserve(rows->rows());
  for (std::size_t row = 0; row < rows->rows(); ++row)
    read_job(jobs.emplace_back(), *rows, row, select.layout, system_, address());
  return jobs;
}

Page SqlJobStore::list(const JobQuery& query) {
  Page page;
  if (is_over(query.limits)) {
    page.truncated = "stopped before everything was read";
    return page;
  }
  try {
    if (query.brief && query.filter.ids.empty() && !query.after)
      if (const std::optional<std::string> place = place_for_a_prompt(query.limits)) return last_stored(query, *place);
    if (reads_heap(query)) return heap_page(query);
    if (reads_newest_places(query)) return newest_page(query);
  } catch (Error& error) {
    if (is_time_out(error) && query.after && query.order == JobOrder::newest) {
      page.truncated = stopped_by_server;
      return page;
    }
    if (is_time_out(error)) error.with_hint(ask_for_less);
    throw;
  }
  const bool newest = query.order == JobOrder::newest && !system_.newest.empty();
  const Position position = position_of(query);
  const std::size_t size = row_stride_.rows(query.page_size);
  JobSelect select = build_list(system_, query.filter, query.order, detail_of(query), position, size + 1);
  select.statement.enough_bytes = page_bytes;
  if (!query.after) page.warnings = select.unsupported;
  tell_missing(query, page);
  if (!query.after && query.order == JobOrder::newest && !newest && !system_.system->newest.empty())
    page.warnings.push_back(
        "not newest first but by id: this role may not read the column that tells when jobs were made");
  if (newest && !query.after && is_searched(query.filter)) {
    JobSelect recent =
        build_list(system_, query.filter, query.order, detail_of(query), position, size + 1, SearchDepth::recent);
    recent.statement.enough_bytes = page_bytes;
    const std::unique_ptr<SqlResult> rows = run(recent.statement, query.limits);
    fill(page, *rows, select.layout, query, size, position, true);
    if (page.next) return page;
  }
  std::unique_ptr<SqlResult> rows;
  try {
    if (!select.statement.text.empty()) rows = run(select.statement, query.limits);
  } catch (Error& error) {
    const bool timed_out = is_time_out(error);
    if (timed_out && (query.after || !page.jobs.empty())) {
      page.truncated = query.after ? std::string(stopped_by_server)
                                   : fmt::format(
                                         "only the newest {} ids were searched: no index serves this question "
                                         "and the server stopped reading the rest after its time-out",
                                         recent_window);
      return page;
    }
    if (timed_out) error.with_hint(ask_for_less);
    throw;
  }
  page.jobs.clear();
  if (rows) fill(page, *rows, select.layout, query, size, position, newest);
  if (!page.next && !newest && position.relation + 1 < system_.relations.size())
    page.next = write_cursor({position.relation + 1, {}});
  return page;
}

Position SqlJobStore::position_of(const JobQuery& query) const {
  if (!query.after) return {};
  const bool newest = query.order == JobOrder::newest && !system_.newest.empty();
  return read_cursor(*query.after, newest ? system_.newest.size() : system_.system->storage.size(),
                     system_.relations.size());
}

bool SqlJobStore::is_searched(const JobFilter& filter) const {
  if (system_.system->recent.empty()) return false;
  const Capabilities can = capabilities();
  return (!filter.traces.empty() && can.trace == Lookup::scanned) ||
         (!filter.correlation_ids.empty() && can.correlation == Lookup::scanned) || !filter.span_ids.empty() ||
         std::ranges::any_of(filter.any_of, [&](const JobFilter& one) { return is_searched(one); });
}

void SqlJobStore::fill(Page& page, const SqlResult& rows, const RowLayout& layout, const JobQuery& query,
                       std::size_t size, const Position& position, bool newest) {
  row_stride_.note(rows);
  const std::size_t count = std::min(rows.rows(), size);
  if (rows.rows() > size || rows.is_cut()) {
    Position next{newest ? 0 : position.relation, {}};
    for (const std::size_t key : layout.keys) next.keys.emplace_back(rows.cell(count - 1, key).value_or(""));
    page.next = write_cursor(next);
    if (query.on_next) query.on_next(*page.next);
  }
  take_jobs(page, rows, layout, query, count);
}

void SqlJobStore::take_jobs(Page& page, const SqlResult& rows, const RowLayout& layout, const JobQuery& query,
                            std::size_t count) const {
  page.jobs.reserve(count);
  for (std::size_t row = 0; row < count; ++row) {
    Job& job = page.jobs.emplace_back();
    read_job(job, rows, row, layout, system_, address());
    const std::size_t relation = number_at(rows, row, layout.relation);
    const BoundRelation& own = system_.relations.at(std::min(relation, system_.relations.size() - 1));
    const bool wanted =
        (own.carriers.empty() || is_wanted(job, query.filter)) &&
        (own.members[static_cast<std::size_t>(SqlField::kind)].empty() || is_kind_wanted(job, query.filter));
    if (!wanted) page.jobs.pop_back();
  }
}

std::vector<std::string> SqlJobStore::queues_with_tables() const {
  std::vector<std::string> names;
  const auto members = system_.schema.families.find(system_.relations.front().description->table);
  if (members != system_.schema.families.end())
    for (const FamilyMember& member : members->second) names.push_back(member.queue);
  return names;
}

std::vector<Untrusted> SqlJobStore::queues(const ReadLimits& limits) {
  constexpr std::string_view most = "10000";
  std::string text;
  const std::optional<std::string> place = place_for_a_prompt(limits);
  for (const BoundRelation& relation : system_.relations) {
    if (relation.field(SqlField::queue).empty()) continue;
    if (place && relation.summary.empty()) {  // of a large table
      if (&relation == &system_.relations.front()) text = queues_for_a_prompt(relation, *place);
      continue;
    }
    text += (text.empty() ? "" : " UNION ") + std::string("SELECT ") +
            as_text(system_.flavour, relation.field(SqlField::queue)) + " AS queue FROM " +
            (relation.summary.empty() ? relation.table : relation.summary) + " j" +
            relation.joins_for(relation.field(SqlField::queue));
  }
  for (const SqlPause& pause : system_.system->pauses)
    if (system_.meets(pause.needs))
      text += (text.empty() ? "" : " UNION ") + std::string("SELECT ") +
              as_text(system_.flavour, std::string(pause.queue)) + " AS queue FROM " + system_.expand(pause.from);
  std::vector<Untrusted> names;
  if (text.empty()) return names;
  const std::unique_ptr<SqlResult> rows = run(
      {"SELECT DISTINCT queue FROM (" + text + ") q WHERE queue IS NOT NULL LIMIT " + std::string(most), {}}, limits);
  for (std::size_t row = 0; row < rows->rows(); ++row)
    if (const auto name = rows->cell(row, 0)) names.emplace_back(std::string(*name));
  for (const std::string& name : queues_with_tables()) names.emplace_back(name);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace queuetrace
