// How a command says what it takes: constant tables, one line an option, that say what users see of it and which member
// of a plain struct its value goes to. cli/options/ makes the parser of them; help, completion, usage errors and the
// test of the manual read the same tables.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "commands/option_value.hpp"

namespace queuetrace {

/// Where completion finds the words that may stand as a value.
enum class ValueWords { none, files, formats, sources, states, systems, viewers };

/// What users see of an option, and what holds for it.
struct OptionFacts {
  std::string_view names = {};    ///< `-l,--limit`, short ones first; without dashes, `ID`: an argument
  std::string_view value = {};    ///< what help calls the value, `N`; empty: a flag, or an argument
  std::string_view help = {};     ///< one sentence without its full stop
  std::string_view group = {};    ///< heading in help; empty: the table's
  std::string_view choices = {};  ///< `id,url,traceparent`: the only values there are; empty: any
  ValueWords words = ValueWords::none;
  std::string_view needs = {};      ///< name of an option of the same command that must be given, too
  std::string_view excludes = {};   ///< name of an option of the same command that must not be given, too
  std::string_view old_names = {};  ///< `--poll`: still understood, shown nowhere
  bool required = false;
  bool shows_default = false;  ///< help names the value that the member has at first
  bool takes_last = false;     ///< of several values the last one counts; otherwise more than one is an error
  bool is_live = false;        ///< with it, output comes as things happen and never goes through a pager
};

/// `a,b` as two words.
std::vector<std::string> comma_list(std::string_view list);

/// All names that are shown, in the table's order, with their dashes.
std::vector<std::string> names_of(const OptionFacts& facts);
/// Whether this is one of its names, old ones included.
bool has_name(const OptionFacts& facts, std::string_view name);
/// What errors call it: the first long name, or the argument's word.
std::string message_name(const OptionFacts& facts);
/// Given by its place, not by a name.
bool is_argument(const OptionFacts& facts);
/// Takes no value.
bool is_flag(const OptionFacts& facts);

/// Where a value goes.
template <class Values>
struct Filling {
  /// Throws BadValue. A flag's text is `true`.
  void (*set)(Values& values, const std::string& text) = nullptr;
  bool several = false;                                  ///< takes one value each time it is given
  std::string (*shown)(const Values& values) = nullptr;  ///< the value as it is, for help
};

/// One line of a table.
template <class Values>
struct Option {
  OptionFacts facts;
  Filling<Values> fills;
};

/// A table, under its heading in help.
template <class Values>
struct OptionTable {
  template <std::size_t count>
  constexpr OptionTable(const Option<Values> (&table)[count], std::string_view heading = "Options")
      : options(table), group(heading) {}
  constexpr OptionTable(std::span<const Option<Values>> table) : options(table) {}

  std::span<const Option<Values>> options;
  std::string_view group = "Options";
};

namespace option_detail {

template <class Member>
struct MemberOf;
template <class Whole, class Part>
struct MemberOf<Part Whole::*> {
  using Values = Whole;
  using Value = Part;
};

template <class Value>
inline constexpr bool is_list = false;
template <class Value>
inline constexpr bool is_list<std::vector<Value>> = true;

template <auto member, std::uint64_t... range>
constexpr auto filling_of() {
  using Values = typename MemberOf<decltype(member)>::Values;
  using Value = typename MemberOf<decltype(member)>::Value;
  return Filling<Values>{
      .set = [](Values& values, const std::string& text) { read_value(text, values.*member, NumberRange{range...}); },
      .several = is_list<Value>,
      .shown = [](const Values& values) { return value_text(values.*member); }};
}

}  // namespace option_detail

/// Fills a member by its type: `into<&JobListOptions::watch>`. Whole numbers may be given their least and greatest
/// value: `into<&PeekOptions::count, 1>`.
template <auto member, std::uint64_t... range>
inline constexpr auto into = option_detail::filling_of<member, range...>();

/// An option together with the struct that it fills in this run.
struct BoundOption {
  const OptionFacts* facts = nullptr;
  std::string_view group;
  bool several = false;
  std::string default_text;                     ///< for help; empty: not shown
  std::function<void(const std::string&)> set;  ///< throws BadValue; empty: nothing to fill
};

/// The options of the table, filling `values`, which must live as long as what is returned.
template <class Values>
void bind_options(const OptionTable<Values>& table, Values& values, std::vector<BoundOption>& bound) {
  for (const auto& [facts, fills] : table.options) {
    BoundOption& option = bound.emplace_back();
    option.facts = &facts;
    option.group = facts.group.empty() ? table.group : facts.group;
    option.several = fills.several;
    if (facts.shows_default) option.default_text = fills.shown(values);
    if (fills.set != nullptr) option.set = [&values, set = fills.set](const std::string& text) { set(values, text); };
  }
}

}  // namespace queuetrace
