// Pages of the newest jobs where no index serves that order, as newest_places.hpp promises them.
#include <algorithm>
#include <span>

#include "backends/engines/sql/cursor.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/newest_places.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "backends/engines/sql/statistics_parts.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

using Rows = std::span<const NewestPlaces::Row>;

std::string_view id_at(const SqlResult& rows, std::size_t row, const RowLayout& layout) {
  const int column = layout.fields[static_cast<std::size_t>(SqlField::id)];
  return rows.cell(row, static_cast<std::size_t>(column)).value_or("");
}

/// Whether these are the expected rows, all of them or as many as an answer holds.
bool are_expected(const SqlResult& rows, const RowLayout& layout, Rows expected) {
  if (rows.rows() > expected.size() || (rows.rows() < expected.size() && !rows.is_cut())) return false;
  for (std::size_t row = 0; row < rows.rows(); ++row)
    if (id_at(rows, row, layout) != expected[row].id) return false;
  return true;
}

/// How many of the expected rows the answer tells of: up to its last one, where it was cut.
std::size_t told_of(const SqlResult& rows, const RowLayout& layout, Rows expected) {
  if (!rows.is_cut()) return expected.size();
  const auto last = std::ranges::find(expected, id_at(rows, rows.rows() - 1, layout), &NewestPlaces::Row::id);
  return last == expected.end() ? expected.size() : static_cast<std::size_t>(last - expected.begin()) + 1;
}

}  // namespace

bool SqlJobStore::reads_newest_places(const JobQuery& query) {
  if (query.order != JobOrder::newest || system_.newest.empty()) return false;
  if (newest_places_ && (!query.after || newest_places_->filter != query.filter)) newest_places_.reset();
  if (newest_places_ && newest_places_->starts.contains(*query.after)) return true;
  if (query.follow == 0 || system_.system->ids_by_queue || is_searched(query.filter)) return false;
  if (std::ranges::any_of(system_.relations, [](const BoundRelation& one) { return one.heap_version == 0; }))
    return false;
  JobSelect page =
      build_list(system_, query.filter, query.order, detail_of(query), position_of(query), query.page_size);
  if (page.statement.text.empty()) return false;
  page.statement.text.insert(0, "EXPLAIN ");
  return reads_all(*run(page.statement, query.limits));
}

std::vector<std::string> SqlJobStore::find_newest_places(const JobQuery& query) {
  const std::size_t most =
      static_cast<std::size_t>(std::min<std::uint64_t>(query.page_size + query.follow + 1, most_places));
  JobSelect select = build_newest_places(system_, query.filter, position_of(query), most);
  select.statement.enough_bytes = sort_bytes_of_places;
  select.statement.sort_bytes = sort_bytes_of_places;
  const std::unique_ptr<SqlResult> found =
      run(select.statement, query.limits);  // reads_newest_places(): some may match
  newest_places_ = std::make_unique<NewestPlaces>();
  newest_places_->filter = query.filter;
  newest_places_->more = found->rows() == most || found->is_cut();
  const auto text = [&](std::size_t row, NewestColumn column) {
    return std::string(found->cell(row, static_cast<std::size_t>(column)).value_or(""));
  };
  newest_places_->rows.reserve(found->rows());
  for (std::size_t row = 0; row < found->rows(); ++row)
    newest_places_->rows.push_back({number_at(*found, row, static_cast<std::size_t>(NewestColumn::relation)),
                                    text(row, NewestColumn::place), text(row, NewestColumn::id)});
  for (std::size_t key = 0; found->rows() > 0 && key < system_.newest.size(); ++key)
    newest_places_->last_key.emplace_back(
        found->cell(found->rows() - 1, static_cast<std::size_t>(NewestColumn::first_key) + key).value_or(""));
  return query.after ? std::vector<std::string>() : std::move(select.unsupported);
}

JobSelect SqlJobStore::rows_of_places(const JobQuery& query, Rows rows, bool by_id) const {
  JobSelect select = build_chosen(
      system_, query.filter, detail_of(query), [&](std::size_t relation, Parameters& parameters) -> std::string {
        std::vector<std::string> values;
        for (const NewestPlaces::Row& row : rows)
          if (row.relation == relation) values.push_back(by_id ? row.id : row.place);
        if (values.empty()) return "";
        const std::string list = parameters.add(list_value(system_.flavour, values));
        return by_id ? equals_any(system_.flavour, system_.system->id_type, system_.system->id_expression, list)
                     : "j.ctid = ANY(" + list + "::tid[])";
      });
  select.statement.enough_bytes = page_bytes;
  return select;
}

Page SqlJobStore::newest_page(const JobQuery& query) {
  Page page;
  const bool known = newest_places_ && query.after && newest_places_->starts.contains(*query.after);
  if (!known) page.warnings = find_newest_places(query);
  tell_missing(query, page);
  NewestPlaces& places = *newest_places_;
  std::size_t start = known ? places.starts.find(*query.after)->second : 0;
  while (page.jobs.empty() && start < places.rows.size()) {
    const std::size_t count = std::min(row_stride_.rows(query.page_size), places.rows.size() - start);
    const Rows expected = Rows(places.rows).subspan(start, count);
    JobSelect select = rows_of_places(query, expected, false);
    std::unique_ptr<SqlResult> rows = run(select.statement, query.limits);
    if (!are_expected(*rows, select.layout, expected)) {
      select = rows_of_places(query, expected, true);
      rows = run(select.statement, query.limits);
    }
    row_stride_.note(*rows);
    start += told_of(*rows, select.layout, expected);
    Position next{0, places.last_key};
    if (start < places.rows.size() && rows->rows() > 0)
      for (std::size_t key = 0; key < select.layout.keys.size(); ++key)
        next.keys[key] = rows->cell(rows->rows() - 1, select.layout.keys[key]).value_or("");
    if (start < places.rows.size() || places.more) {
      page.next = write_cursor(next);
      if (start < places.rows.size()) places.starts.insert_or_assign(*page.next, start);
      if (query.on_next && rows->rows() > 0) query.on_next(*page.next);
    } else
      page.next.reset();
    take_jobs(page, *rows, select.layout, query, rows->rows());
    if (is_over(query.limits)) break;
  }
  return page;
}

}  // namespace queuetrace
