// What the screen of `top` says about itself: whose queues, how much in all, when it was read, and which servers lag.
#include <algorithm>
#include <array>
#include <cmath>

#include "commands/report/others_variable.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/top/selection_words.hpp"
#include "commands/top/session.hpp"
#include "commands/top/styled_text.hpp"
#include "formatters/attention.hpp"
#include "formatters/record.hpp"
#include "model/age.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

using Steady = std::chrono::steady_clock;

/// From so many cells on the first line has room for all totals.
constexpr std::size_t roomy_width = 120;
/// A server that has not answered for so long is told.
constexpr std::chrono::seconds told_after{3};

std::int64_t sum_of(const RowList& listing, std::string_view field) {
  std::int64_t sum = 0;
  for (const ListedRow& row : listing.rows()) {
    const Value* value = find_value(row.record, field);
    if (const auto* count = value == nullptr ? nullptr : std::get_if<std::int64_t>(value)) sum += *count;
  }
  return sum;
}

/// Of rates a minute, by the hour; 0 where none is known.
std::int64_t sum_per_hour(const RowList& listing, std::string_view field) {
  double sum = 0;
  for (const ListedRow& row : listing.rows()) {
    const Value* value = find_value(row.record, field);
    if (const auto* rate = value == nullptr ? nullptr : std::get_if<double>(value)) sum += *rate * 60;
  }
  return std::llround(sum);
}

std::string counted(std::int64_t count) { return grouped(static_cast<std::uint64_t>(count)); }

/// Whether the source only stands in a variable of another program, and holds no queues, while others answer.
bool is_none_of_ours(const std::string& source, const Told& told, const std::map<std::string, Told>& all,
                     const std::vector<Source>& sources) {
  if (!told.error || told.error->kind() != ErrorKind::not_found) return false;
  const auto named = std::ranges::find(sources, source, &Source::name);
  return named != sources.end() && is_of_another_program(*named) &&
         std::ranges::any_of(all, [](const auto& one) { return one.second.good != nullptr; });
}

}  // namespace

/// What all queues hold together: `718 wait  57 run  363 failed`, with room for it stale jobs and rates as well.
std::string Session::total_words(bool roomy) const {
  const RowList& queues = *view().listing();
  const std::int64_t failed = sum_of(queues, "failed"), stale = sum_of(queues, "stale");
  std::string text = roomy ? count_words(queues.total(), "queue") + "  " : "";
  text += counted(sum_of(queues, "waiting")) + " wait  " + counted(sum_of(queues, "running")) + " run";
  if (roomy && stale > 0) text += " (" + in_style(counted(stale) + " stale", yellow) + ")";
  text += "  " + in_style(counted(failed) + " failed", failed > 0 ? red : std::string_view());
  if (!roomy) return text;
  return text + "  " + counted(sum_per_hour(queues, "completed_per_minute")) + " done/h  " +
         counted(sum_per_hour(queues, "failed_per_minute")) + " failed/h";
}

/// `queuetrace top  shop*, files     718 wait  57 run  363 failed     23:59:02  2s`
std::string Session::status_line(std::size_t width) const {
  std::string sources;
  for (const Source& source : context_.sources)
    sources += (sources.empty() ? "" : ", ") + source.name + (source.is_protected ? "*" : "");
  const std::string left = in_style("queuetrace top", bold) + "  " + sources;
  const auto right_with = [&](const std::string& totals) {
    return totals + (totals.empty() ? "" : "   ") + clock_words();
  };
  std::string right = right_with(is_unread() ? in_style("nothing was read", red) : "");
  if (!is_unread() && view().kind() == ViewKind::queues && view().is_read()) {
    right = right_with(total_words(width >= roomy_width));
    // Names of sources are worth more than rates.
    if (styled_width(left) + 2 + styled_width(right) > width) right = right_with(total_words(false));
  }
  return at_both_ends(left, right, width, ellipsis_);
}

/// When the oldest part of what is shown was read, and how often it is; how old it is where that is longer ago.
std::string Session::clock_words() const {
  std::optional<Timestamp> oldest;
  for (const auto& [source, told] : view().told())
    if (told.good && (!oldest || told.good->at < *oldest)) oldest = told.good->at;
  std::string text = oldest ? clock_of(*oldest, context_.format_options.time_style) : is_unread() ? "" : "asking";
  std::optional<Steady::time_point> heard;
  for (const auto& [source, time] : heard_)
    if (!heard || time < *heard) heard = time;
  const std::optional<Milliseconds> every = view().every(options_.interval);
  if (heard && every) {
    const auto age = std::chrono::duration_cast<Milliseconds>(Steady::now() - *heard);
    if (held_)
      text += in_style(", held", yellow);
    else if (age > *every * 2 + std::chrono::seconds(1))
      text += in_style(", " + to_age(age) + " old", yellow);
  }
  const std::string often = width_ < static_cast<int>(roomy_width) ? "" : "every ";
  return text + (text.empty() ? "" : "  ") + (every ? often + to_age(*every) : "R reads");
}

std::string Session::views_line(std::size_t width) const {
  static constexpr std::array names{std::pair{ViewKind::queues, "1 Queues"}, std::pair{ViewKind::jobs, "2 Jobs"},
                                    std::pair{ViewKind::errors, "3 Errors"}, std::pair{ViewKind::trace, "4 Trace"},
                                    std::pair{ViewKind::doctor, "5 Doctor"}};
  std::string left;
  for (const auto& [kind, name] : names) {
    std::string text = name;
    if (kind == ViewKind::doctor && problems_) text += "(" + grouped(*problems_) + ")";
    const bool here = kind == view().kind() || (kind == ViewKind::jobs && view().kind() == ViewKind::job) ||
                      (kind == ViewKind::queues && view().kind() == ViewKind::queue);
    left += here ? in_style("[" + text + "]", bold) : " " + text + " ";
  }
  const std::string sort = sort_words();
  const bool has_room = styled_width(left) + 1 + sort.size() <= width;
  return at_both_ends(left, has_room ? sort : "", width, ellipsis_);
}

/// `sort: OLDEST`, or the order of a view as it comes; empty where there is none.
std::string Session::sort_words() const {
  const RowList* listing = view().listing();
  const std::string chosen = listing == nullptr ? "" : listing->sort_words();
  if (!chosen.empty()) return "sort: " + chosen;
  if (view().kind() == ViewKind::queues) return "sort: worst first";
  return view().kind() == ViewKind::jobs ? "sort: newest first" : "";
}

/// Servers that have not answered for a while, and since when.
std::vector<std::string> Session::waited_for(std::size_t width) const {
  std::vector<std::string> lines;
  const auto add = [&](const std::string& source, const Reader& reader) {
    const std::optional<Steady::time_point> since = reader.asking_since();
    if (!since || Steady::now() - *since < told_after) return;
    const auto waited = std::chrono::duration_cast<Milliseconds>(Steady::now() - *since);
    const std::string text = source + " has not answered for " + to_age(waited);
    lines.push_back(in_style(cut_styled(text, width, ellipsis_), yellow));
  };
  if (view().is_joined() && aside_) add(asked_words(), *aside_);
  if (!view().is_joined())
    for (const auto& [source, reader] : readers_) add(source, *reader);
  return lines;
}

/// Sources that did not answer, with the age of what is shown of them, and what answers lack.
std::vector<std::string> Session::trouble(std::size_t width) const {
  constexpr std::size_t most = 4;
  std::vector<std::string> lines = waited_for(width);
  for (const auto& [source, told] : view().told()) {
    const bool is_text = view().listing() == nullptr;
    if (is_none_of_ours(source, told, view().told(), context_.sources)) continue;
    if (told.error && !is_text) {
      std::string text = (source.empty() ? "" : source + ": ") + one_line(*told.error);
      if (told.good)
        text = (source.empty() ? "" : source + ", numbers of ") +
               clock_of(told.good->at, context_.format_options.time_style) + ": " + one_line(*told.error);
      lines.push_back(in_style(cut_styled(text, width, ellipsis_), red));
    } else if (told.good) {
      for (const std::string& warning : told.good->warnings)
        lines.push_back(in_style(cut_styled(warning, width, ellipsis_), yellow));
    }
  }
  if (lines.size() > most) lines.resize(most);
  return lines;
}

/// Whether rows were asked for, and no source has told any yet.
bool Session::is_unread() const { return view().listing() != nullptr && view().has_answer() && !view().is_read(); }

std::string Session::asked_words() const {
  if (!view().scope().source.empty()) return view().scope().source;
  std::string names;
  for (const Source& source : context_.sources) names += (names.empty() ? "" : ", ") + source.name;
  return names;
}

}  // namespace queuetrace
