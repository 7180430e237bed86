#include "commands/filter/words.hpp"

#include <algorithm>

#include "commands/report/shell_word.hpp"
#include "model/count_words.hpp"
#include "model/filter_conditions.hpp"

namespace queuetrace {
namespace {

/// Takes the ids beyond the first `most` out of the filter and returns how many they were.
std::size_t shorten(JobFilter& filter, std::size_t most) {
  if (filter.ids.size() <= most) return 0;
  const std::size_t more = filter.ids.size() - most;
  filter.ids.resize(most);
  return more;
}

/// Flags that are given once.
bool is_single(std::string_view flag) { return flag == "since" || flag == "until" || flag == "time-field"; }

}  // namespace

std::string filter_words(const JobFilter& filter, std::size_t most_ids) {
  JobFilter shown = filter;
  const std::size_t more = shorten(shown, most_ids);
  std::string words, states;
  const auto add = [&words](std::string_view flag, const std::string& value) {
    words += (words.empty() ? "--" : " --") + std::string(flag);
    if (flag == "exact") return;
    words += (value.starts_with("-") ? "=" : " ") + shell_word(value);  // behind a blank it would be a flag of its own
  };
  const std::vector<FilterText> texts = filter_texts(shown);
  for (auto text = texts.begin(); text != texts.end(); ++text) {
    if (text->flag != "state") {
      add(text->flag, text->value);
      continue;
    }
    states += (states.empty() ? "" : ",") + text->value;
    if (text + 1 == texts.end() || (text + 1)->flag != "state") add("state", states);
  }
  if (more > 0) words += " (and " + count_words(more, "more id") + ")";
  return words;
}

Fields filter_fields(const JobFilter& filter, std::size_t most_ids) {
  JobFilter shown = filter;
  const std::size_t more = shorten(shown, most_ids);
  Fields fields;
  for (FilterText& text : filter_texts(shown)) {
    const std::string name(text.flag);
    if (name == "exact") {
      fields.push_back({name, true});
    } else if (is_single(name)) {
      fields.push_back({name, std::move(text.value)});
    } else if (!fields.empty() && fields.back().name == name) {
      std::get<Values>(fields.back().value).emplace_back(Untrusted(std::move(text.value)));
    } else {
      fields.push_back({name, Values{Untrusted(std::move(text.value))}});
    }
  }
  if (more > 0) fields.push_back({"further_ids", static_cast<std::int64_t>(more)});
  return fields;
}

std::string words_about_times(const JobFilter& filter) {
  if (!filter.since && !filter.until) return {};
  switch (filter.time_field) {
    case TimeField::created: return {};
    case TimeField::scheduled:
    case TimeField::due: return "Times are about when jobs are due.";
    case TimeField::started: return "Times are about when jobs were started.";
    case TimeField::finished: return "Times are about when jobs finished.";
    case TimeField::ended: return "Times are about when jobs ended; about when they were created: --time-field created";
  }
  return {};
}

void add_time_field(Fields& summary, const JobFilter& filter) {
  if (filter.since || filter.until) summary.push_back({"time_field", std::string(to_word(filter.time_field))});
}

}  // namespace queuetrace
