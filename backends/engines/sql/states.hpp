// The states of one relation's rows: the rules of its description (state_rule.hpp), cut down to what the live table
// has, as SQL to select, count and filter by, and as the way back from what was selected to the rule that fits.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/job_state.hpp"

namespace queuetrace {

/// One literal of SqlStateRule::words.
struct StateWord {
  std::string literal;  ///< as it stands in SQL: `'failed'`
  std::string text;     ///< what it says: `failed`
};

/// The literals of SqlStateRule::words.
std::vector<StateWord> state_words(std::string_view literals);

/// Ids that stand in place of a condition at most (SqlStateRule::listed, SqlSkipRule::listed).
inline constexpr std::size_t most_listed_ids = 10'000;

struct BoundState {
  JobState state = JobState::unknown;
  std::vector<StateWord> words;
  bool any_word = false;    ///< whatever the column holds
  std::string when;         ///< empty: always
  std::string native;       ///< empty: the stored word
  std::string listed = {};  ///< as SqlStateRule::listed; empty: `when` is asked of each row
};

/// Conditions that number() asks of rows of some states beside their rule; empty: not asked.
struct StateMarks {
  std::string stale = {};  ///< of running jobs, for BoundStates::is_stale()
  std::string timed = {};  ///< of failed and dead jobs, for BoundStates::is_timed()
};

class BoundStates {
 public:
  BoundStates() = default;
  /// `column`: SQL of the column that holds the words; empty: there is none. `is_native`: its words are what the
  /// library calls the states.
  BoundStates(std::string column, bool is_native, std::vector<BoundState> rules);

  bool empty() const { return rules_.empty(); }
  const std::string& column() const { return column_; }
  const std::vector<BoundState>& rules() const { return rules_; }
  /// Asks `condition` in place of BoundState::when of a rule.
  void replace_condition(std::size_t rule, std::string condition) { rules_.at(rule).when = std::move(condition); }
  /// SQL of type integer: which rule fits the row, as rule_of() reads it; negative where the job is over. As a group
  /// key it has few values, which a planner does not know: it expects as many as there are rows, unless the number is a
  /// column of a subquery (closed_subquery() of flavour.hpp).
  std::string number(const StateMarks& marks = {}) const;

  /// The rule with the number in a cell, marked or not; nullptr: none fits.
  const BoundState* rule_of(std::optional<std::string_view> number) const;
  static bool is_stale(std::string_view number);
  /// Conditions on an SQL expression that holds such a number: that the job is over, that it has the mark `timed`, that
  /// it is in `state` (empty: no rule leads there).
  static std::string is_over(std::string_view number);
  static std::string is_timed(std::string_view number);
  std::string is_in(std::string_view number, JobState state) const;
  /// Whether a rule names the word.
  bool knows(std::string_view word) const;

  /// What the library calls the state of a row that `rule` fits: its own word, else what is `stored` as such, else the
  /// `word` of the column where that is the library's own.
  std::optional<std::string_view> native_of(const BoundState* rule, std::optional<std::string_view> stored,
                                            std::optional<std::string_view> word) const {
    if (rule != nullptr && !rule->native.empty()) return rule->native;
    return stored || !is_native_ ? stored : word;
  }

  /// The condition that a row is in `state`, of plain conditions on columns; empty: no row is.
  std::string condition(JobState state) const;
  /// A condition that holds for every row in one of `states`, and spares most others theirs: their word, of ended jobs
  /// in other states, is left out at once. Empty where that says nothing, or nothing that is worth asking.
  std::string quick_condition(const std::vector<JobState>& states) const;
  /// The condition that the library calls a row's state `word`, without regard to case or quotes around it; absent: no
  /// rule knows the word.
  std::optional<std::string> native_condition(std::string_view word) const;
  /// Whether `word` is one of the library's and none of its rules leads to `state`.
  bool means_other(std::string_view word, JobState state) const;

 private:
  /// Words that the same rules are for, in turn, up to the first without a condition.
  struct Group {
    std::vector<StateWord> words;  ///< empty: all words that no other group has
    std::vector<std::size_t> rules;
  };
  using Outcome = std::function<std::string(const Group&, std::size_t place)>;

  bool is_decided(const Group& group) const;
  bool has_word(const BoundState& rule, std::string_view text) const;
  std::vector<std::size_t> rules_for(std::optional<std::string_view> text) const;
  void make_groups();
  std::string one_of(const std::vector<StateWord>& words) const;
  std::string within(const Group& group, const Outcome& outcome) const;
  /// The condition that the rule fits a row with one of `words` (its own where it has any), and no rule above it that
  /// `leads_elsewhere`; empty: no such row.
  std::string condition_of(std::size_t rule, std::vector<StateWord> words,
                           const std::function<bool(const BoundState&)>& leads_elsewhere) const;
  std::string none_fits() const;
  std::vector<StateWord> matching(const BoundState& rule, std::string_view word) const;

  std::string column_;
  bool is_native_ = false;
  std::vector<BoundState> rules_;
  std::vector<Group> groups_;  ///< the last one has no words
};

}  // namespace queuetrace
