#include "backends/engines/sql/states.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace queuetrace {
namespace {

/// In lower case, without double quotes around it.
std::string folded(std::string_view text) {
  while (text.starts_with('"')) text.remove_prefix(1);
  while (text.ends_with('"')) text.remove_suffix(1);
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

/// Added to the number of a rule where a mark of StateMarks is set.
constexpr int mark = 1'000;

/// Of the rule at this place, without marks.
int number_of(std::size_t rule, JobState state) {
  const int number = static_cast<int>(rule) + 1;
  return is_finished(state) ? -number : number;
}

int read_number(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

bool contains(const std::vector<StateWord>& words, std::string_view text) {
  return std::ranges::find(words, text, &StateWord::text) != words.end();
}

}  // namespace

std::vector<StateWord> state_words(std::string_view literals) {
  std::vector<StateWord> words;
  while (true) {
    while (literals.starts_with(' ') || literals.starts_with(',')) literals.remove_prefix(1);
    if (literals.empty()) return words;
    StateWord& word = words.emplace_back();
    std::size_t end = 0;
    if (literals.front() != '\'') {
      end = std::min(literals.find_first_of(", "), literals.size());
      word.text = literals.substr(0, end);
    } else {
      for (end = 1; end < literals.size(); ++end) {
        if (literals[end] == '\'' && !literals.substr(end + 1).starts_with('\'')) break;
        if (literals[end] == '\'') ++end;
        word.text += literals[end];
      }
      ++end;
    }
    word.literal = literals.substr(0, end);
    literals.remove_prefix(std::min(end, literals.size()));
  }
}

BoundStates::BoundStates(std::string column, bool is_native, std::vector<BoundState> rules)
    : column_(std::move(column)), is_native_(is_native), rules_(std::move(rules)) {
  make_groups();
}

std::string BoundStates::number(const StateMarks& marks) const {
  const Outcome outcome = [&](const Group& group, std::size_t place) -> std::string {
    if (place == group.rules.size()) return "0";
    const JobState state = rules_[group.rules[place]].state;
    const int rule = number_of(group.rules[place], state);
    const std::string& condition = state == JobState::running ? marks.stale : marks.timed;
    const bool marked = state == JobState::running || state == JobState::failed || state == JobState::dead;
    if (!marked || condition.empty()) return fmt::format("{}", rule);
    return fmt::format("CASE WHEN {} THEN {} ELSE {} END", condition, rule < 0 ? rule - mark : rule + mark, rule);
  };
  const std::string rest = within(groups_.back(), outcome);
  if (column_.empty()) return rest;
  // Most rows of a large table are over: their words come first.
  std::string first, then;
  for (const Group& group : groups_) {
    const bool early = is_decided(group) && !group.rules.empty() && is_finished(rules_[group.rules.front()].state);
    const std::string result = within(group, outcome);
    for (const StateWord& word : group.words)
      (early ? first : then) += fmt::format(" WHEN {} THEN {}", word.literal, result);
  }
  return first.empty() && then.empty() ? rest : fmt::format("CASE {}{}{} ELSE {} END", column_, first, then, rest);
}

bool BoundStates::knows(std::string_view word) const {
  return std::ranges::any_of(groups_, [&](const Group& group) { return contains(group.words, word); });
}

bool BoundStates::is_decided(const Group& group) const {
  return group.rules.empty() || rules_[group.rules.front()].when.empty();
}

bool BoundStates::has_word(const BoundState& rule, std::string_view text) const {
  return rule.any_word || contains(rule.words, text);
}

std::vector<std::size_t> BoundStates::rules_for(std::optional<std::string_view> text) const {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (!(text ? has_word(rules_[i], *text) : rules_[i].any_word)) continue;
    found.push_back(i);
    if (rules_[i].when.empty()) break;
  }
  return found;
}

void BoundStates::make_groups() {
  std::vector<StateWord> seen;
  for (const BoundState& rule : rules_) {
    for (const StateWord& word : rule.words) {
      if (contains(seen, word.text)) continue;
      seen.push_back(word);
      const std::vector<std::size_t> rules = rules_for(word.text);
      const auto same = std::ranges::find(groups_, rules, &Group::rules);
      (same == groups_.end() ? groups_.emplace_back(Group{{}, rules}) : *same).words.push_back(word);
    }
  }
  groups_.push_back({{}, rules_for(std::nullopt)});
}

/// Which outcome each row of a group has: that of the first rule that fits, or of the place behind the last.
std::string BoundStates::within(const Group& group, const Outcome& outcome) const {
  const bool all_taken = !group.rules.empty() && rules_[group.rules.back()].when.empty();
  std::size_t last = all_taken ? group.rules.size() - 1 : group.rules.size();
  const std::string rest(outcome(group, last));
  while (last > 0 && outcome(group, last - 1) == rest) --last;
  std::string out;
  for (std::size_t place = 0; place < last; ++place)
    out += fmt::format(" WHEN {} THEN {}", rules_[group.rules[place]].when, outcome(group, place));
  return out.empty() ? rest : fmt::format("CASE{} ELSE {} END", out, rest);
}

const BoundState* BoundStates::rule_of(std::optional<std::string_view> number) const {
  const auto place = static_cast<std::size_t>(std::abs(read_number(number.value_or("")) % mark));
  return place == 0 || place > rules_.size() ? nullptr : &rules_[place - 1];
}

bool BoundStates::is_stale(std::string_view number) { return read_number(number) > mark; }

std::string BoundStates::is_over(std::string_view number) { return fmt::format("({} < 0)", number); }

std::string BoundStates::is_timed(std::string_view number) { return fmt::format("{} < {}", number, -mark); }

std::string BoundStates::is_in(std::string_view number, JobState state) const {
  std::string numbers;
  for (std::size_t rule = 0; rule < rules_.size(); ++rule)
    if (rules_[rule].state == state)
      numbers += fmt::format("{}{}", numbers.empty() ? "" : ", ", number_of(rule, state));
  return numbers.empty() ? "" : fmt::format("{} IN ({})", number, numbers);
}

std::string BoundStates::one_of(const std::vector<StateWord>& words) const {
  if (words.size() == 1) return fmt::format("{} = {}", column_, words.front().literal);
  std::vector<std::string_view> literals;
  for (const StateWord& word : words) literals.push_back(word.literal);
  return fmt::format("{} IN ({})", column_, fmt::join(literals, ", "));
}

std::string BoundStates::condition_of(std::size_t rule, std::vector<StateWord> words,
                                      const std::function<bool(const BoundState&)>& leads_elsewhere) const {
  const BoundState& own = rules_[rule];
  std::vector<std::string> exceptions;
  for (std::size_t i = 0; i < rule; ++i) {
    const BoundState& above = rules_[i];
    if (!leads_elsewhere(above)) continue;
    std::vector<StateWord> common;
    std::ranges::copy_if(own.any_word ? above.words : words, std::back_inserter(common),
                         [&](const StateWord& word) { return has_word(above, word.text); });
    if (common.empty() && !(own.any_word && above.any_word)) continue;
    const bool whole = above.any_word || (!own.any_word && common.size() == words.size());
    if (above.when.empty()) {
      if (whole) return {};
      if (own.any_word)
        exceptions.push_back(fmt::format("({}) IS NOT TRUE", one_of(common)));
      else
        std::erase_if(words, [&](const StateWord& word) { return contains(common, word.text); });
    } else {
      exceptions.push_back(whole ? fmt::format("({}) IS NOT TRUE", above.when)
                                 : fmt::format("({} AND ({})) IS NOT TRUE", one_of(common), above.when));
    }
  }
  std::vector<std::string> terms;
  if (!own.any_word) terms.push_back(one_of(words));
  if (!own.when.empty()) terms.push_back(fmt::format("({})", own.when));
  std::ranges::move(exceptions, std::back_inserter(terms));
  return terms.empty() ? "1 = 1" : fmt::format("({})", fmt::join(terms, " AND "));
}

std::string BoundStates::none_fits() const {
  std::vector<StateWord> taken;
  for (const BoundState& rule : rules_) {
    if (!rule.when.empty()) continue;
    if (rule.any_word) return {};
    std::ranges::copy_if(rule.words, std::back_inserter(taken),
                         [&](const StateWord& word) { return !contains(taken, word.text); });
  }
  std::vector<std::string> terms;
  if (!taken.empty()) terms.push_back(fmt::format("({}) IS NOT TRUE", one_of(taken)));
  for (const BoundState& rule : rules_) {
    const auto is_taken = [&](const StateWord& word) { return contains(taken, word.text); };
    if (rule.when.empty() || (!rule.any_word && std::ranges::all_of(rule.words, is_taken))) continue;
    terms.push_back(rule.any_word ? fmt::format("({}) IS NOT TRUE", rule.when)
                                  : fmt::format("({} AND ({})) IS NOT TRUE", one_of(rule.words), rule.when));
  }
  return terms.empty() ? "1 = 1" : fmt::format("({})", fmt::join(terms, " AND "));
}

std::string BoundStates::condition(JobState state) const {
  std::vector<std::string> choices;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (rules_[i].state != state) continue;
    std::string choice =
        condition_of(i, rules_[i].words, [&](const BoundState& above) { return above.state != state; });
    if (!choice.empty()) choices.push_back(std::move(choice));
  }
  if (state == JobState::unknown)
    if (std::string none = none_fits(); !none.empty()) choices.push_back(std::move(none));
  if (choices.size() < 2) return choices.empty() ? "" : choices.front();
  return fmt::format("({})", fmt::join(choices, " OR "));
}

std::string BoundStates::quick_condition(const std::vector<JobState>& states) const {
  const auto is_asked = [&](const BoundState& rule) { return std::ranges::find(states, rule.state) != states.end(); };
  const auto asked = std::ranges::count_if(rules_, is_asked);
  const auto has_any_word = [&](const BoundState& rule) { return rule.any_word && is_asked(rule); };
  // Rows whose word no rule knows, NULL among them, must not be lost.
  if (column_.empty() || asked < 2 || std::ranges::find(states, JobState::unknown) != states.end() ||
      std::ranges::any_of(rules_, has_any_word))
    return {};
  std::vector<StateWord> others;
  for (const Group& group : groups_)
    if (!group.rules.empty() && is_finished(rules_[group.rules.front()].state) &&
        std::ranges::none_of(group.rules, [&](std::size_t rule) { return is_asked(rules_[rule]); }))
      std::ranges::copy(group.words, std::back_inserter(others));
  return others.empty() ? "" : fmt::format("NOT {}", one_of(others));
}

/// The words of a rule by which the library means `word`.
std::vector<StateWord> BoundStates::matching(const BoundState& rule, std::string_view word) const {
  std::vector<StateWord> found;
  if (rule.native.empty() && is_native_)
    std::ranges::copy_if(rule.words, std::back_inserter(found),
                         [&](const StateWord& one) { return folded(one.text) == folded(word); });
  return found;
}

std::optional<std::string> BoundStates::native_condition(std::string_view word) const {
  std::vector<std::string> choices;
  const bool all_stored = std::ranges::all_of(rules_, [](const BoundState& rule) { return rule.native.empty(); });
  std::vector<StateWord> stored;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const BoundState& rule = rules_[i];
    const std::vector<StateWord> words = matching(rule, word);
    if (all_stored) {
      std::ranges::copy_if(words, std::back_inserter(stored),
                           [&](const StateWord& one) { return !contains(stored, one.text); });
      continue;
    }
    if (words.empty() && (rule.native.empty() || folded(rule.native) != folded(word))) continue;
    std::string choice = condition_of(i, words.empty() ? rule.words : words, [&](const BoundState& above) {
      return folded(above.native) != folded(rule.native);
    });
    if (!choice.empty()) choices.push_back(std::move(choice));
  }
  if (!stored.empty()) choices.push_back(one_of(stored));
  if (choices.empty()) return std::nullopt;
  return choices.size() == 1 ? choices.front() : fmt::format("({})", fmt::join(choices, " OR "));
}

bool BoundStates::means_other(std::string_view word, JobState state) const {
  bool known = false;
  for (const BoundState& rule : rules_) {
    const bool says = !rule.native.empty() ? folded(rule.native) == folded(word) : !matching(rule, word).empty();
    if (says && rule.state == state) return false;
    known = known || says;
  }
  return known;
}

}  // namespace queuetrace
