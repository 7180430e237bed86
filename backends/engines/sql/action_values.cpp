#include "backends/engines/sql/action_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "backends/engines/sql/flavour.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// The parameter's value and, behind its placeholder, the cast that gives it its type.
struct TypedText {
  std::string text;
  std::string cast;
};

TypedText value_named(const BoundSystem& system, std::string_view name, const ActionValues& values) {
  const bool typed = system.flavour == SqlFlavour::postgresql;
  const auto text = [&](const std::string& value, const char* cast) { return TypedText{value, typed ? cast : ""}; };
  // 0 and 1 as texts are numbers where SQLite asks for a truth.
  const auto flag = [&](bool set) {
    return typed ? TypedText{set ? "true" : "false", "::boolean"} : TypedText{set ? "1" : "0", ""};
  };
  if (name == "ids") {
    const std::string list = cast_list(system.flavour, system.system->id_type);
    return {list_value(system.flavour, values.ids), list};
  }
  if (name == "queue") return text(values.queue, "::text");
  if (name == "own_queue") return text(values.own_queue, "::text");
  if (name == "message") return text(values.message, "::text");
  if (name == "by") return text(values.by, "::text");
  if (name == "row") return text(values.row, "::json");
  if (name == "reset_attempts") return flag(values.reset_attempts);
  if (name == "front") return flag(values.front);
  if (name == "force") return flag(values.force);
  if (name == "keep_dependents") return flag(values.keep_dependents);
  throw Error(ErrorKind::internal, fmt::format("no value of an action is called '{}'", name));
}

}  // namespace

ActionValues values_of(const Action& action, const TableJobs& jobs, bool resets_attempts) {
  ActionValues values;
  values.ids = jobs.rows;
  values.own_queue = jobs.queue;
  values.queue = action.queue;
  values.message = action.message;
  values.reset_attempts = action.reset_attempts.value_or(resets_attempts);
  values.front = action.front;
  values.force = action.force;
  values.keep_dependents = action.keep_dependents;
  return values;
}

SqlStatement bind_values(const BoundSystem& system, std::string_view text, const ActionValues& values) {
  SqlStatement statement;
  std::map<std::string, std::string, std::less<>> placeholders;
  std::string_view rest = text;
  for (std::size_t open = rest.find("{:"); open != std::string_view::npos; open = rest.find("{:")) {
    const std::size_t close = rest.find('}', open);
    if (close == std::string_view::npos) break;
    const std::string name(rest.substr(open + 2, close - open - 2));
    auto found = placeholders.find(name);
    if (found == placeholders.end()) {
      TypedText value = value_named(system, name, values);
      statement.parameters.emplace_back(std::move(value.text));
      found = placeholders.emplace(name, fmt::format("${}{}", statement.parameters.size(), value.cast)).first;
    }
    statement.text += rest.substr(0, open);
    statement.text += found->second;
    rest.remove_prefix(close + 1);
  }
  statement.text += rest;
  return statement;
}

std::string write_locator(const RowLocator& locator) {
  return fmt::format("{}:{}:{}", locator.relation, locator.version, locator.bytes);
}

Error unreadable_target() {
  return Error(ErrorKind::usage, "the plan holds a target that this source cannot read")
      .with_hint("make the plan again with --dry-run --save-plan");
}

RowLocator read_locator(std::string_view text) {
  const std::size_t colon = text.find(':');
  RowLocator locator;
  const char* const end = text.data() + (colon == std::string_view::npos ? 0 : colon);
  const auto read = std::from_chars(text.data(), end, locator.relation);
  if (colon == std::string_view::npos || read.ec != std::errc{} || read.ptr != end) throw unreadable_target();
  std::string_view rest = text.substr(colon + 1);
  const std::size_t second = std::min(rest.find(':'), rest.size());
  locator.version = rest.substr(0, second);
  rest.remove_prefix(std::min(second + 1, rest.size()));
  std::from_chars(rest.data(), rest.data() + rest.size(), locator.bytes);
  return locator;
}

}  // namespace queuetrace
