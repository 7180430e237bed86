// What workers take next, by the system's own predicate and order.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "backends/engines/sql/conditions.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/job_store.hpp"
#include "backends/engines/sql/row_reader.hpp"
#include "backends/engines/sql/statement_limits.hpp"
#include "model/error.hpp"
#include "model/held_texts.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_queues = 200;      ///< looked at when no queue is named
constexpr std::size_t most_waiting = 10'000;  ///< counted for one reason of one queue

/// Free text of the database is repeated in our own sentences only where it is one plain word.
bool is_plain_word(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

/// For roles that may not read what workers order by.
std::string oldest_first(const BoundRelation& live) {
  const std::string& created = live.field(SqlField::created_at);
  return (created.empty() ? "" : created + ", ") + live.field(SqlField::id);
}

}  // namespace

std::string SqlJobStore::of_queue(const PeekQuery& query, const SqlPeek& rule, const std::string& queue,
                                  Parameters& parameters) const {
  const std::string& expression = system_.relations.front().field(SqlField::queue);
  const std::string_view together = system_.system->peek_together;
  const bool all = (rule.across_queues && query.queues.empty()) || (!together.empty() && queue == together);
  if (expression.empty() || all) return "1 = 1";
  if (rule.across_queues) return queue_condition(system_.flavour, expression, query.queues, parameters);
  return fmt::format("{} = {}", expression, cast_to(system_.flavour, SqlType::text, parameters.add(queue)));
}

std::vector<std::string> SqlJobStore::peek_queues(const PeekQuery& query, const SqlPeek& rule, PeekResult& out) {
  if (rule.across_queues && !query.queues.empty()) return {fmt::format("{}", fmt::join(query.queues, ","))};
  const bool plain = std::ranges::none_of(query.queues, [](const std::string& name) { return is_glob(name); });
  if (!query.queues.empty() && plain) return query.queues;
  const BoundRelation& live = system_.relations.front();
  const std::string& queue = live.field(SqlField::queue);
  if (queue.empty()) return {""};
  const std::string together(system_.system->peek_together);
  if (!together.empty() && (query.queues.empty() || query.queues == std::vector{together})) return {together};

  std::set<std::string> names;
  const auto add_queues = [&](const std::string& expression, const std::string& from, const std::string& condition) {
    Parameters parameters;
    std::string text =
        fmt::format("SELECT DISTINCT {} FROM {} WHERE ({})", as_text(system_.flavour, expression), from, condition);
    if (!query.queues.empty()) text += " AND " + queue_condition(system_.flavour, expression, query.queues, parameters);
    text += fmt::format(" ORDER BY 1 LIMIT {}", most_queues + 1);
    const std::unique_ptr<SqlResult> rows = run({text, parameters.take()}, query.limits);
    for (std::size_t row = 0; row < rows->rows(); ++row) names.emplace(rows->cell(row, 0).value_or(""));
  };
  const auto add_queues_with = [&](const std::string& predicate) {
    add_queues(queue, fmt::format("{} j{}", live.table, live.joins_for(queue + predicate)), predicate);
  };
  add_queues_with(system_.expand(rule.eligible));
  // Queues whose jobs all wait are of interest only to who asks why.
  if (query.why && !rule.across_queues) {
    try {
      for (const SqlWaitingRule& waiting : system_.system->waiting)
        if (system_.meets(waiting.needs) && system_.may_ask(system_.expand(waiting.predicate)))
          add_queues_with(system_.expand(waiting.predicate));
      for (const SqlPause& pause : system_.system->pauses)
        if (system_.meets(pause.needs)) add_queues(std::string(pause.queue), system_.expand(pause.from), "1 = 1");
    } catch (const Error& error) {
      if (!is_time_out(error)) throw;
      out.warnings.push_back("queues where every job waits were not all found in time");
    }
  }
  return {names.begin(), names.end()};
}

void SqlJobStore::add_waiting(const PeekQuery& query, const SqlPeek& peek, PeekQueue& queue) {
  const BoundRelation& live = system_.relations.front();
  for (const SqlWaitingRule& rule : system_.system->waiting) {
    if (!system_.meets(rule.needs)) continue;
    if (!system_.may_ask(system_.expand(rule.predicate) + system_.expand(rule.earliest) +
                         system_.expand(rule.held_by))) {
      queue.notes.push_back(fmt::format("whether jobs wait for '{}' is not known to this role", rule.reason));
      continue;
    }
    Parameters parameters;
    const std::string earliest =
        rule.earliest.empty() ? std::string(null_text(system_.flavour)) : system_.expand(rule.earliest);
    const std::string where = fmt::format("{} AND ({})", of_queue(query, peek, queue.queue.raw(), parameters),
                                          system_.expand(rule.predicate));
    const std::string text = fmt::format(
        "SELECT count(*), min(earliest), min(id) FROM (SELECT {} AS earliest, {} AS id FROM {} j{} WHERE {} LIMIT {}) "
        "w",
        earliest, as_text(system_.flavour, live.field(SqlField::id)), live.table, live.joins_for(where + earliest),
        where, most_waiting + 1);
    const std::vector<std::optional<std::string>> values = parameters.take();
    const std::unique_ptr<SqlResult> rows = run({text, values}, query.limits);
    const std::uint64_t count = std::stoull(std::string(rows->cell(0, 0).value_or("0")));
    if (count == 0) continue;
    Waiting waiting;
    waiting.reason = rule.reason;
    waiting.explanation = system_.expand(rule.explanation);
    waiting.capped = count > most_waiting;
    waiting.count = std::min<std::uint64_t>(count, most_waiting);
    if (const auto time = rows->cell(0, 1)) waiting.earliest = read_time(system_.flavour, *time);
    if (const auto id = rows->cell(0, 2)) waiting.sample = Untrusted(std::string(*id));
    if (!rule.held_by.empty()) {
      const std::string holder = system_.expand(rule.held_by);
      const std::string sample =
          fmt::format("SELECT {}, {} FROM {} j{} WHERE {} LIMIT 1", as_text(system_.flavour, live.field(SqlField::id)),
                      as_text(system_.flavour, holder), live.table, live.joins_for(where + holder), where);
      const std::unique_ptr<SqlResult> one = run({sample, values}, query.limits);
      const std::string_view id = one->rows() == 0 ? "" : one->cell(0, 0).value_or("");
      const std::string_view by = one->rows() == 0 ? "" : one->cell(0, 1).value_or("");
      if (!id.empty()) waiting.sample = Untrusted(std::string(id));
      if (is_plain_word(id) && is_plain_word(by)) waiting.explanation += fmt::format(" ({} waits for {})", id, by);
    }
    queue.waiting.push_back(std::move(waiting));
  }
}

void SqlJobStore::add_pause(const PeekQuery& query, PeekQueue& queue) {
  for (const SqlPause& pause : system_.system->pauses) {
    if (!system_.meets(pause.needs)) continue;
    const auto column = [&](std::string_view expression) {
      return expression.empty() ? std::string(null_text(system_.flavour)) : std::string(expression);
    };
    const std::string text = fmt::format("SELECT {}, {}, {} FROM {} WHERE {} = {}", column(pause.since),
                                         column(pause.by), column(pause.reason), system_.expand(pause.from),
                                         pause.queue, cast_to(system_.flavour, SqlType::text, "$1"));
    const std::unique_ptr<SqlResult> rows = run({text, {queue.queue.raw()}}, query.limits);
    if (rows->rows() == 0) continue;
    std::string note = "queue is paused";
    queue.pause.emplace();
    if (const auto since = rows->cell(0, 0)) queue.pause->since = read_time(system_.flavour, *since);
    if (queue.pause->since) note += " since " + to_rfc3339(*queue.pause->since);
    // Who paused it is free text of the database; only plain words are repeated in our own sentence.
    const std::string by(rows->cell(0, 1).value_or(""));
    if (!by.empty()) queue.pause->by = Untrusted(by);
    if (is_plain_word(by)) note += " by " + by;
    const std::string reason(rows->cell(0, 2).value_or(""));
    if (!reason.empty()) queue.pause->reason = Untrusted(reason);
    queue.notes.insert(queue.notes.begin(), note + ": nothing will be taken");
  }
}

PeekResult SqlJobStore::peek(const PeekQuery& query) {
  PeekResult out;
  const auto rule =
      std::ranges::find_if(system_.system->peek, [&](const SqlPeek& p) { return system_.meets(p.needs); });
  if (rule == system_.system->peek.end()) {
    out.warnings.push_back(fmt::format("{}: no worker takes jobs from this store", system_.system->info.title));
    return out;
  }
  if (!system_.may_ask(system_.expand(rule->eligible)))
    throw Error(ErrorKind::authentication, "this role may not read every column that workers choose by")
        .with_hint(fmt::format("grant SELECT on {} to it", system_.system->relations.front().table));
  std::string order = system_.expand(rule->order);
  const bool order_known = system_.may_ask(order);
  if (!order_known) {
    out.warnings.push_back(
        fmt::format("the order of {} is not known: this role may not read every column of {} that workers order by",
                    system_.system->info.title, system_.system->relations.front().table));
    order = oldest_first(system_.relations.front());
  }
  std::vector<std::string> names = peek_queues(query, *rule, out);
  if (names.size() > most_queues && query.queues.empty()) {
    names.resize(most_queues);
    out.truncated = fmt::format("only the first {} queues were checked", most_queues);
  }
  HeldTexts held;
  for (const std::string& name : names) {
    if (is_over(query.limits)) {
      out.truncated = "stopped before every queue was checked";
      break;
    }
    PeekQueue queue;
    queue.queue = Untrusted(name);
    Parameters parameters;
    const std::string condition =
        fmt::format("{} AND {}", of_queue(query, *rule, name, parameters), system_.expand(rule->eligible));
    queue.next = jobs_of(build_rows(system_, condition, order, query.payload ? RowDetail::all : RowDetail::usual,
                                    std::move(parameters), query.count),
                         query.limits);
    for (Job& job : queue.next) held.hold(job);
    if (!order_known) {
      queue.exact = false;
      queue.notes.push_back("oldest first, not in the order of workers, which this role may not read");
    }
    if (const std::string_view note = rule->note.empty() ? system_.system->peek_note : rule->note; !note.empty()) {
      queue.exact = false;
      queue.notes.push_back(system_.expand(note));
    }
    add_pause(query, queue);
    if (query.why) add_waiting(query, *rule, queue);
    out.queues.push_back(std::move(queue));
  }
  return out;
}

}  // namespace queuetrace
