// `history`: what this user changed, as the audit log has it.
#include <array>
#include <cstdint>
#include <memory>

#include "commands/change/audit_history.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/report/counted.hpp"
#include "formatters/cell.hpp"
#include "formatters/record.hpp"
#include "formatters/table_view.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

struct HistoryOptions {
  std::uint64_t limit = 20;  ///< operations shown; 0: all that are remembered
  bool count = false;        ///< none of them, but how many there are
};

constexpr Option<HistoryOptions> options_of_history[] = {
    {{.names = "-l,--limit",
      .value = "N",
      .help = "Show at most this many operations, the newest; 0 = all",
      .shows_default = true},
     into<&HistoryOptions::limit>},
    {count_option, into<&HistoryOptions::count>},
};

using Where = Column::Where;

DerivedText when(const Record& record, CellText& cells) {
  const Value* value = find_value(record, "started_at");
  const auto* time = value == nullptr ? nullptr : std::get_if<Timestamp>(value);
  return {time == nullptr ? std::string() : cells.age(*time)};
}

constexpr std::array history_columns{Column{.field = "started_at", .heading = "WHEN"},
                                     Column{.field = "user", .heading = "WHO"},
                                     Column{.field = "action", .heading = "ACTION"},
                                     Column{.field = "source", .heading = "SOURCE"},
                                     Column{.field = "done", .heading = "DONE"},
                                     Column{.field = "result", .heading = "RESULT"},
                                     Column{.field = "undo", .heading = "UNDO"},
                                     Column{.field = "short", .heading = "OPERATION"},
                                     Column{.field = "filter", .heading = "WHICH", .wraps = true},
                                     Column{.field = "host", .heading = "HOST", .where = Where::wide},
                                     Column{.field = "system", .heading = "SYSTEM", .where = Where::wide},
                                     Column{.field = "address", .heading = "STORE", .where = Where::wide},
                                     Column{.field = "target", .heading = "DATABASE", .where = Where::wide},
                                     Column{.field = "operation", .heading = "OPERATION", .where = Where::wide},
                                     Column{.field = "backup", .heading = "BACKUP", .where = Where::wide}};

constexpr std::array table_columns{
    TableColumn{.field = "started_at", .heading = "WHEN", .right = true, .text = when},
    TableColumn{.field = "user", .heading = "WHO", .kind = CellKind::name, .least = 8, .drop = 2, .differs = true},
    TableColumn{.field = "action", .heading = "ACTION"},
    TableColumn{.field = "source", .heading = "SOURCE", .kind = CellKind::name, .least = 10},
    TableColumn{.field = "done", .heading = "DONE", .right = true},
    TableColumn{.field = "result", .heading = "RESULT", .drop = 1, .nothing = "done"},
    TableColumn{.field = "undo", .heading = "UNDO", .drop = 3},
    TableColumn{.field = "short", .heading = "OPERATION"},
    TableColumn{.field = "filter", .heading = "WHICH", .kind = CellKind::sentence}};

constexpr TableView view{table_columns};

Value data_or_nothing(const std::string& text) { return text.empty() ? Value{} : Value{Untrusted(text)}; }

/// `undone`, `in part` where that was stopped; `possible`: what undoing it has kept is there; `no`.
std::string undo_word(const PastOperation& one) {
  if (!one.undone_by.empty()) return one.undone_in_part ? "in part" : "undone";
  return one.is_kept() && one.undoes.empty() ? "possible" : "no";
}

Record record_of(const PastOperation& one) {
  return {{"started_at", one.time ? Value{*one.time} : Value{}},
          {"operation", Untrusted(one.id)},
          {"short", Untrusted(short_operation(one.id))},
          {"user", data_or_nothing(one.user)},
          {"host", data_or_nothing(one.host)},
          {"action", data_or_nothing(one.verb)},
          {"source", data_or_nothing(one.source)},
          {"target", data_or_nothing(one.target)},
          {"system", data_or_nothing(one.system)},
          {"address", data_or_nothing(one.address)},
          {"filter", data_or_nothing(one.filter)},
          {"done", static_cast<std::int64_t>(one.done)},
          {"result", data_or_nothing(one.result)},
          {"undo", undo_word(one)},
          {"undoes", data_or_nothing(one.undoes)},
          {"undone_by", data_or_nothing(one.undone_by)},
          {"backup", data_or_nothing(one.backup)}};
}

/// Newest first; of every source. Reads the log alone.
ExitCode history(const HistoryOptions& options, Context& context) {
  const std::vector<PastOperation> operations = past_operations(context.surroundings.environment);
  const std::uint64_t all = operations.size();
  if (options.count) {
    const Exactness exactness = all < most_remembered ? Exactness::exact : Exactness::at_least;
    print_counted({all, exactness, {}, {{counted_words(all, exactness, "change")}}}, {}, context);
    return ExitCode::done;
  }
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.history/1", "operations", history_columns, Heading::Layout::list, "operation", &view});
  std::uint64_t shown = 0;
  for (auto one = operations.rbegin(); one != operations.rend() && (options.limit == 0 || shown < options.limit);
       ++one) {
    formatter->row(record_of(*one));
    ++shown;
  }
  if (shown > 0)
    formatter->tell({{{(shown < all ? grouped(shown) + " of " : "") + count_words(all, "change") + ", newest first"}},
                     shown < all ? "all: queuetrace history --limit 0" : ""});
  formatter->end({});
  if (all == 0 && !context.format.machine) context.notices.note("nothing was changed yet by queuetrace");
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"history">) {
  const auto options = std::make_shared<HistoryOptions>();
  CommandForm form(options, history);
  form.takes(*options, options_of_history);
  return form;
}

}  // namespace queuetrace
