#include "model/filter_conditions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/fingerprint.hpp"
#include "model/payload_condition.hpp"

namespace queuetrace {
namespace {

/// Collects the texts of a filter.
class Texts {
 public:
  /// No flag asks for alternatives: they stand here for filter_digest().
  void operator()(const std::vector<JobFilter>& alternatives) {
    for (const JobFilter& one : alternatives) {
      std::string words;
      for (const FilterText& text : filter_texts(one)) words += fmt::format("{}:{} ", text.flag, text.value);
      add("any-of", std::move(words));
    }
  }
  void operator()(const std::vector<TraceQuery>& traces) {
    for (const TraceQuery& trace : traces) add("trace-id", trace.given);
    if (std::any_of(traces.begin(), traces.end(), [](const TraceQuery& trace) { return trace.exact; }))
      add("exact", "");
  }
  void operator()(TextCondition condition, const std::vector<std::string>& values) {
    for (const std::string& value : values) add(flag_of(condition), value);
  }
  void operator()(const std::vector<StateSelector>& states) {
    // A word that a system has besides ours is asked for by the same word.
    const auto is_said = [&](const StateSelector& one) {
      return !one.state && std::ranges::any_of(states, [&](const StateSelector& other) {
        return other.state && other.word == one.word;
      });
    };
    for (const StateSelector& state : states)
      if (!is_said(state)) add("state", state.word);
  }
  void operator()(const TimeCondition& times) {
    if (times.since) add("since", to_rfc3339_exact(*times.since));
    if (times.until) add("until", to_rfc3339_exact(*times.until));
    if (times.field != TimeField::created) add("time-field", std::string(to_word(times.field)));
  }
  void operator()(const std::vector<PayloadCondition>& where) {
    for (const PayloadCondition& condition : where) add("where", to_text(condition));
  }
  std::vector<FilterText> take() { return std::move(texts_); }

 private:
  void add(std::string_view flag, std::string value) { texts_.push_back({flag, std::move(value)}); }
  std::vector<FilterText> texts_;
};

}  // namespace

std::string_view to_word(TimeField field) {
  switch (field) {
    case TimeField::created: return "created";
    case TimeField::scheduled: return "scheduled";
    case TimeField::started: return "started";
    case TimeField::finished: return "finished";
    case TimeField::ended: return "ended";
    case TimeField::due: return "due";
  }
  return "";
}

std::string_view flag_of(TextCondition condition) {
  switch (condition) {
    case TextCondition::correlation: return "correlation-id";
    case TextCondition::span: return "span-id";
    case TextCondition::queue: return "queue";
    case TextCondition::kind: return "kind";
    case TextCondition::id: return "id";
    case TextCondition::error: return "error";
    case TextCondition::error_group: return "error-group";
    case TextCondition::priority: return "priority";
    case TextCondition::worker: return "worker";
    case TextCondition::tenant: return "tenant";
    case TextCondition::workflow: return "workflow";
    case TextCondition::parent: return "parent";
    case TextCondition::batch: return "batch";
  }
  return "";
}

std::vector<FilterText> filter_texts(const JobFilter& filter) {
  Texts texts;
  for_each_condition(filter, texts);
  return texts.take();
}

std::string filter_digest(const JobFilter& filter) {
  std::uint64_t value = fingerprint("");
  const auto add = [&value](std::string_view text) {
    value = fingerprint(fmt::format("{}:{}", text.size(), text), value);
  };
  for (const FilterText& text : filter_texts(filter)) {
    if (text.flag == "since" || text.flag == "until") continue;
    add(text.flag);
    add(text.value);
  }
  return fmt::format("{:016x}", value);
}

}  // namespace queuetrace
