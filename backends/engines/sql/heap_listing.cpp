// Pages of jobs in the order of storage, as heap_read.hpp promises them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <set>

#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/heap_read.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "backends/engines/sql/statistics_parts.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// Ids of changed jobs that are kept at most.
constexpr std::size_t most_changed = 200'000;

/// How long one page looks through blocks that hold none of its jobs.
constexpr std::chrono::milliseconds longest_search{500};

/// With fewer jobs than this a walk along the key, with what index there is, takes less than a look at every block.
constexpr double few_jobs = 5'000;

/// Whether a version of a row was written since the reading began. Ages of frozen versions may be anything; no version
/// that is seen is younger than 0. `shared`: workers may ask it, too, which age() is not for; it takes longer.
std::string is_changed(const std::string& began, bool shared = false) {
  const std::string since = fmt::format("(SELECT age({}::text::xid))", began);
  if (!shared) return fmt::format("(age(j.xmin) BETWEEN 0 AND {})", since);
  return fmt::format("((j.xmin::text::bigint - {}::text::bigint + 4294967296) % 4294967296 <= {})", began, since);
}

/// How many rows the planner expects, from the first line of its plan.
double expected_rows(const SqlResult& plan) {
  const std::string_view line = plan.rows() == 0 ? "" : plan.cell(0, 0).value_or("");
  const std::size_t at = line.find(" rows=");
  return at == std::string_view::npos ? 0 : std::strtod(std::string(line.substr(at + 6)).c_str(), nullptr);
}

std::string text_at(const SqlResult& rows, std::size_t row, std::size_t column) {
  return std::string(rows.cell(row, column).value_or(""));
}

}  // namespace

bool SqlJobStore::reads_heap(const JobQuery& query) {
  if (query.order != JobOrder::storage || system_.relations.empty()) return false;
  if (query.after) return read_heap_cursor(*query.after).has_value();
  bool filtered = few_expected_ = false;
  for (const BoundRelation& relation : system_.relations) {
    if (relation.heap_version < first_heap_version) return false;
    Parameters parameters;
    std::vector<std::string> unsupported;
    const Conditions conditions = make_conditions(query.filter, system_, relation, parameters, unsupported);
    if (!conditions.indexed.empty()) return false;
    filtered = filtered || !conditions.scanned.empty();
  }
  if (!filtered) return true;
  // The few that an index finds are found by it.
  JobSelect select = build_stored(
      system_, query.filter, RowDetail::brief, 0, [](Parameters&) { return std::string(); }, std::nullopt);
  if (select.statement.text.empty()) return false;
  select.statement.text.insert(0, "EXPLAIN ");
  const std::unique_ptr<SqlResult> plan = run(select.statement, query.limits);
  const double expected = expected_rows(*plan);
  few_expected_ = expected * 2 <= static_cast<double>(query.page_size);
  return reads_all(*plan) || expected > few_jobs;
}

void SqlJobStore::begin_heap_read(const ReadLimits& limits) {
  const std::uint64_t number = heap_read_ ? heap_read_->number + 1 : 1;
  heap_read_ = std::make_unique<HeapRead>();
  heap_read_->number = number;
  // The transactions first: what comes between the two is read twice at worst, and told once.
  const std::unique_ptr<SqlResult> snapshot =
      run({"SELECT (txid_snapshot_xmin(txid_current_snapshot()) % 4294967296)::text", {}}, limits);
  heap_read_->began = text_at(*snapshot, 0, 0);
  std::string text;
  for (const BoundRelation& relation : system_.relations)
    text += fmt::format(
        "{}SELECT pg_relation_filenode({}::regclass)::text, pg_relation_size({}::regclass) / "
        "current_setting('block_size')::bigint",
        text.empty() ? "" : " UNION ALL ", quoted_literal(system_.flavour, relation.table),
        quoted_literal(system_.flavour, relation.table));
  const std::unique_ptr<SqlResult> sizes = run({text, {}}, limits);
  for (std::size_t row = 0; row < sizes->rows(); ++row)
    heap_read_->relations.push_back({number_at(*sizes, row, 1), text_at(*sizes, row, 0), {}});
  if (few_expected_) heap_read_->stride.begin_with_all(heap_read_->relations.front().blocks);
}

std::optional<std::string> SqlJobStore::find_changes(const JobQuery& query) {
  HeapRead& reading = *heap_read_;
  const std::unique_ptr<SqlResult> now =
      run({"SELECT (txid_snapshot_xmax(txid_current_snapshot()) % 4294967296)::text", {}}, query.limits);
  if (text_at(*now, 0, 0) == reading.began) {  // no transaction has written since
    reading.told_changes = true;
    return std::nullopt;
  }
  for (std::size_t index = 0; index < reading.relations.size(); ++index) {
    const std::unique_ptr<SqlResult> file =
        run({fmt::format("SELECT pg_relation_filenode({}::regclass)::text",
                         quoted_literal(system_.flavour, system_.relations[index].table)),
             {}},
            query.limits);
    if (text_at(*file, 0, 0) != reading.relations[index].file)
      return "the table was written anew while it was read: jobs may be missing, or there twice";
    JobSelect select = build_stored(
        system_, query.filter, RowDetail::brief, index,
        [&](Parameters& parameters) { return is_changed(parameters.add(reading.began)); }, most_changed + 1);
    if (select.statement.text.empty()) continue;
    const std::unique_ptr<SqlResult> rows = run(select.statement, query.limits);
    if (rows->rows() > most_changed)
      return fmt::format("more than {} jobs changed while they were read: some of those are missing", most_changed);
    std::vector<std::string> ids;
    const auto id = static_cast<std::size_t>(select.layout.fields[static_cast<std::size_t>(SqlField::id)]);
    for (std::size_t row = 0; row < rows->rows(); ++row) ids.push_back(text_at(*rows, row, id));
    reading.relations[index].left = reading.seen.not_seen(std::move(ids));
  }
  reading.told_changes = true;
  return std::nullopt;
}

HeapPosition SqlJobStore::next_range(HeapPosition position) const {
  const std::vector<HeapRead::Relation>& relations = heap_read_->relations;
  while (position.relation < relations.size() && position.after.block >= relations[position.relation].blocks)
    position = {position.reading, position.relation + 1, {}};
  return position;
}

void SqlJobStore::end_range(Page& page, const HeapPosition& next, const JobQuery& query) {
  page.next = write_heap_cursor(next);
  if (next.relation < heap_read_->relations.size()) return;
  try {
    page.truncated = find_changes(query);
  } catch (const Error& error) {
    if (!is_time_out(error)) throw;
    return;  // asked again for the next page
  }
  if (page.truncated || std::ranges::all_of(heap_read_->relations, [](const auto& one) { return one.left.empty(); }))
    page.next.reset();
}

Page SqlJobStore::changed_page(const JobQuery& query, HeapPosition position) {
  Page page;
  HeapRead& reading = *heap_read_;
  if (!reading.told_changes) page.truncated = find_changes(query);
  if (page.truncated) return page;
  std::size_t index = 0;
  while (index < reading.relations.size() && reading.relations[index].left.empty()) ++index;
  if (index == reading.relations.size()) return page;
  std::vector<std::string>& left = reading.relations[index].left;
  const std::size_t count = std::min(left.size(), row_stride_.rows(query.page_size));
  const std::vector<std::string> ids(left.end() - static_cast<std::ptrdiff_t>(count), left.end());
  JobSelect select = build_stored(
      system_, query.filter, detail_of(query), index,
      [&](Parameters& parameters) {
        return equals_any(system_.flavour, system_.system->id_type, system_.system->id_expression,
                          parameters.add(list_value(system_.flavour, ids)));
      },
      count);
  select.statement.enough_bytes = page_bytes;
  const std::unique_ptr<SqlResult> rows = run(select.statement, query.limits);
  row_stride_.note(*rows);
  left.resize(left.size() - count);
  if (rows->is_cut()) {  // what did not come is asked for again
    std::set<std::string, std::less<>> told;
    const auto id = static_cast<std::size_t>(select.layout.fields[static_cast<std::size_t>(SqlField::id)]);
    for (std::size_t row = 0; row < rows->rows(); ++row) told.insert(text_at(*rows, row, id));
    std::ranges::copy_if(ids, std::back_inserter(left), [&](const std::string& one) { return !told.contains(one); });
  }
  page.next = write_heap_cursor(position);
  if (query.on_next) query.on_next(*page.next);
  take_jobs(page, *rows, select.layout, query, rows->rows());
  return page;
}

Page SqlJobStore::heap_page(const JobQuery& query) {
  const std::chrono::steady_clock::time_point until = std::chrono::steady_clock::now() + longest_search;
  JobQuery question = query;
  std::vector<std::string> warnings;
  while (true) {
    Page page = heap_range(question);
    std::ranges::move(page.warnings, std::back_inserter(warnings));
    const bool goes_on = page.jobs.empty() && page.next && !page.truncated;
    if (!goes_on || is_over(query.limits) || std::chrono::steady_clock::now() >= until) {
      page.warnings = std::move(warnings);
      return page;
    }
    question.after = page.next;
  }
}

Page SqlJobStore::heap_range(const JobQuery& query) {
  using std::chrono::steady_clock;
  HeapPosition position = query.after ? *read_heap_cursor(*query.after) : HeapPosition();
  if (!heap_read_ || !query.after || position.reading != heap_read_->number) {
    begin_heap_read(query.limits);
    position.reading = heap_read_->number;
  }
  HeapRead& reading = *heap_read_;
  position = next_range(position);
  if (position.relation >= reading.relations.size()) return changed_page(query, position);

  Page page;
  const std::size_t size = row_stride_.rows(query.page_size);
  const std::uint64_t blocks = reading.stride.blocks();
  const HeapPlace end{std::min(position.after.block + blocks, reading.relations[position.relation].blocks), 0};
  JobSelect select = build_stored(
      system_, query.filter, detail_of(query), position.relation,
      [&](Parameters& parameters) {
        return fmt::format("j.ctid > {}::tid AND j.ctid < {}::tid AND NOT {}", parameters.add(position.after.text()),
                           parameters.add(end.text()),
                           is_changed(parameters.add(reading.began), reading.stride.is_shared()));
      },
      size);
  if (!query.after) page.warnings = select.unsupported;
  tell_missing(query, page);
  if (select.statement.text.empty()) {  // no row of this relation can match
    end_range(page, next_range({position.reading, position.relation + 1, {}}), query);
    return page;
  }
  select.statement.enough_bytes = page_bytes;
  const steady_clock::time_point start = steady_clock::now();
  std::unique_ptr<SqlResult> rows;
  try {
    rows = run(select.statement, query.limits);
  } catch (const Error& error) {
    if (!is_time_out(error)) throw;
    const bool fewer_blocks = reading.stride.shorten(),
               fewer_rows = row_stride_.shorten(std::min<std::size_t>(size, 64));
    if (!is_over(query.limits) && (fewer_blocks || fewer_rows)) {
      page.next = write_heap_cursor(position);
      return page;
    }
    if (!query.after) throw;
    page.truncated = "the server stopped the statement after its time-out";
    return page;
  }
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - start);
  row_stride_.note(*rows, time);
  const bool full = rows->rows() == size || rows->is_cut();
  HeapPosition next{position.reading, position.relation, end};
  if (full)
    if (const auto last = HeapPlace::read(text_at(*rows, rows->rows() - 1, select.layout.keys.front())))
      next.after = *last;
  const std::uint64_t looked_at = next.after.block - position.after.block + (full ? 1 : 0);
  const std::uint64_t end_of_table = reading.relations[position.relation].blocks;
  reading.stride.note(looked_at, rows->rows(), query.page_size, time,
                      end_of_table - std::min(next.after.block, end_of_table));
  const auto id = static_cast<std::size_t>(select.layout.fields[static_cast<std::size_t>(SqlField::id)]);
  for (std::size_t row = 0; row < rows->rows(); ++row) reading.seen.add(rows->cell(row, id).value_or(""));
  end_range(page, next_range(next), query);
  if (query.on_next && page.next && rows->rows() > 0) query.on_next(*page.next);
  take_jobs(page, *rows, select.layout, query, rows->rows());
  return page;
}

}  // namespace queuetrace
