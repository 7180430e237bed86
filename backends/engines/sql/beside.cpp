// Which other jobs change with those that an operator names, so that they are undone together.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "backends/engines/sql/administration.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/statistics_parts.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

/// Others of one chunk that are kept at most: undoing looks at each.
constexpr std::uint64_t most_others = 1'000;
constexpr std::uint64_t most_bytes_of_others = 16u << 20;
constexpr std::size_t most_ids_named = 20;

constexpr std::string_view too_many =
    "other jobs changed with it, too many to be undone together ({}): retry this job, then each of them";

/// `a, b and 12 more`
std::string some_ids(const std::vector<std::string>& ids, std::uint64_t count) {
  const std::size_t named = std::min(ids.size(), most_ids_named);
  std::string text = fmt::format("{}", fmt::join(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(named), ", "));
  if (count > named) text += fmt::format(" and {} more", grouped(count - named));
  return text;
}

std::string naming(std::string_view text, const std::string& names) {
  const std::size_t at = text.find("{}");
  if (at == std::string_view::npos) return std::string(text);
  return std::string(text.substr(0, at)) + names + std::string(text.substr(at + 2));
}

}  // namespace

SqlAdministration::Others SqlAdministration::others_of(const SqlActionRule& rule, const ActionValues& values,
                                                       const TableJobs& jobs, const Run& run) const {
  Others others;
  if (rule.others.empty()) return others;
  const BoundRelation& relation = relation_of(rule);
  const auto tables = std::ranges::find_if(rule.with, [&](const auto& one) { return meets(rule, one.needs); });
  const std::string with = tables == rule.with.end() ? std::string() : system_.expand(tables->text, jobs.queue);
  const bool together = rule.others_stay.empty();
  const std::string_view id = system_.system->id_expression;
  // Where they are many only some of each job are told, by which the refusal names them.
  const std::string text = fmt::format(
      "{}SELECT {}, {}, {}, {}, {} FROM (SELECT t.root, t.id, count(*) OVER (PARTITION BY t.root) AS of_one, "
      "count(*) OVER () AS of_all, row_number() OVER (PARTITION BY t.root ORDER BY t.id) AS place FROM ({}) t(root, "
      "id)) "
      "o {} WHERE o.of_all <= {} OR o.place <= {} ORDER BY 2, 1{}",
      with, as_text(system_.flavour, "o.root"), as_text(system_.flavour, together ? std::string(id) : "o.id"),
      as_text(system_.flavour, "o.of_one"), as_text(system_.flavour, "o.of_all"),
      as_text(system_.flavour, together ? size_of(relation) : "0"), system_.expand(rule.others, jobs.queue),
      together ? fmt::format("JOIN {} j ON {} = o.id", relation.table, id) : "", most_others, most_ids_named,
      together ? " FOR UPDATE OF j" : "");
  const std::unique_ptr<SqlResult> rows = run(bind_values(system_, text, values));
  std::set<std::string> seen(values.ids.begin(), values.ids.end());
  std::uint64_t bytes = 0;
  for (std::size_t row = 0; row < rows->rows(); ++row) {
    const auto text_at = [&](std::size_t column) { return rows->cell(row, column).value_or(""); };
    const std::string root = jobs.job_of(text_at(0)), other(text_at(1));
    others.kept = together && number_at(*rows, row, 3) <= most_others;
    const bool is_new = seen.insert(other).second;
    if (others.kept && !is_new) continue;  // undone by itself, or with another one
    bytes += number_at(*rows, row, 4);
    others.of[root].push_back(other);
    others.counts[root] = number_at(*rows, row, 2);
  }
  others.kept = others.kept && bytes <= most_bytes_of_others;
  return others;
}

std::string SqlAdministration::undo_content(const SqlActionRule& rule, const std::string& id, const Others& others,
                                            const std::map<std::string, std::vector<StoredRow>>& before,
                                            const std::map<std::string, std::vector<StoredRow>>& after,
                                            const std::function<bool(std::string_view table)>& is_shared) {
  const auto with_it = others.of.find(id);
  if (with_it != others.of.end() && !others.kept)
    return refusal_content(naming(rule.others_stay.empty() ? too_many : rule.others_stay,
                                  some_ids(with_it->second, others.counts.at(id))));
  static const std::vector<StoredRow> none;
  const auto changes_of = [&](const std::string& owner) {
    const auto was = before.find(owner), is = after.find(owner);
    return was == before.end() ? std::vector<RowChange>()
                               : row_changes(was->second, is == after.end() ? none : is->second);
  };
  std::vector<RowChange> changes = changes_of(id);
  if (with_it == others.of.end()) return changes_content(changes);
  for (const std::string& other : with_it->second)
    for (RowChange& change : changes_of(other)) {
      if (is_shared(change.table)) continue;  // what counts them is counted with the job's own
      change.of = other;
      changes.push_back(std::move(change));
    }
  return changes_content(changes);
}

}  // namespace queuetrace
