#include "backends/engines/sql/identifier_conditions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "backends/engines/sql/conditions.hpp"
#include "backends/engines/sql/flavour.hpp"

namespace queuetrace {
namespace {

/// `text` with `*`, `?` and `\` quoted and a star behind it.
std::string prefix_glob(std::string_view text) { return quoted_glob(text) + '*'; }

/// Hex digits with the dashes of a UUID put in where they fall.
std::string dashed(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
    out += digits[i];
  }
  return out;
}

bool is_whole_number(const std::string& text) {
  std::int64_t number = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc() && rest == text.data() + text.size();
}

}  // namespace

std::pair<std::string, std::string> uuid_range(std::string_view digits) {
  std::string hex;
  for (const char c : digits) {
    if (c == '-') continue;
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
    if (!((lower >= '0' && lower <= '9') || (lower >= 'a' && lower <= 'f'))) return {};
    hex += lower;
  }
  if (hex.size() < 4 || hex.size() > 32) return {};
  return {dashed(hex + std::string(32 - hex.size(), '0')), dashed(hex + std::string(32 - hex.size(), 'f'))};
}

std::string id_condition(SqlFlavour flavour, SqlType type, const std::string& expression,
                         const std::vector<std::string>& wanted, Parameters& parameters) {
  std::vector<std::string> whole, choices;
  for (const std::string& id : wanted) {
    if (type == SqlType::uuid) {
      const auto [first, last] = uuid_range(id);
      if (first.empty()) continue;
      if (first == last)
        whole.push_back(first);
      else
        choices.push_back(fmt::format("{} BETWEEN {} AND {}", expression, cast_to(flavour, type, parameters.add(first)),
                                      cast_to(flavour, type, parameters.add(last))));
    } else if (type == SqlType::integer) {
      if (is_whole_number(id)) whole.push_back(id);
    } else {
      whole.push_back(id);
      if (id.size() >= 4)
        choices.push_back(
            matches_pattern(flavour, expression, parameters.add(pattern_value(flavour, prefix_glob(id)))));
    }
  }
  if (!whole.empty())
    choices.push_back(equals_any(flavour, type, expression, parameters.add(list_value(flavour, whole))));
  return choices.empty() ? "" : any_of(choices);
}

std::string id_condition(const BoundSystem& system, const std::string& queue, const std::vector<std::string>& wanted,
                         Parameters& parameters) {
  const std::string expression(system.system->id_expression);
  if (!system.system->ids_by_queue)
    return id_condition(system.flavour, system.system->id_type, expression, wanted, parameters);
  std::vector<std::string> bare, choices;
  const bool may_hold_slashes = system.system->id_type == SqlType::text;
  for (const std::string& id : wanted) {
    if (may_hold_slashes || id.find('/') == std::string::npos) bare.push_back(id);
    // Which slash ends the name of the queue, only the rows tell.
    for (std::size_t slash = id.find('/'); slash != std::string::npos; slash = id.find('/', slash + 1)) {
      const std::string own =
          id_condition(system.flavour, system.system->id_type, expression, {id.substr(slash + 1)}, parameters);
      if (own.empty()) continue;
      choices.push_back(fmt::format("({} = {} AND {})", queue,
                                    cast_to(system.flavour, SqlType::text, parameters.add(id.substr(0, slash))), own));
    }
  }
  if (!bare.empty())
    if (std::string own = id_condition(system.flavour, system.system->id_type, expression, bare, parameters);
        !own.empty())
      choices.push_back(std::move(own));
  return choices.empty() ? "" : any_of(choices);
}

std::string trace_condition(SqlFlavour flavour, const BoundTrace& rule, const std::vector<TraceQuery>& wanted,
                            Parameters& parameters) {
  std::vector<std::string> spellings, choices;
  const auto begins_with = [&](const std::string& text) {
    choices.push_back(matches_pattern(flavour, fmt::format("lower({})", rule.expression),
                                      parameters.add(pattern_value(flavour, prefix_glob(text)))));
  };
  for (const TraceQuery& query : wanted) {
    const std::string digits = query.typed.substr(0, query.typed.find('*'));
    if (rule.rule->whole_context) {
      const std::vector<std::string>& texts = query.canonical.empty() ? query.spellings : query.canonical;
      for (const std::string& text : query.prefix ? std::vector{digits} : texts)
        choices.push_back(contains_folded(flavour, rule.expression, parameters.add(text)));
    } else if (query.prefix) {
      begins_with(digits);
      if (digits.size() > 8) begins_with(dashed(digits));
      for (const std::string_view before : words_of(rule.rule->prefixes)) {
        begins_with(fmt::format("{}{}", before, digits));
        if (digits.size() > 8) begins_with(fmt::format("{}{}", before, dashed(digits)));
      }
    } else {
      if (std::ranges::find(query.spellings, query.typed) == query.spellings.end()) spellings.push_back(query.typed);
      spellings.insert(spellings.end(), query.spellings.begin(), query.spellings.end());
    }
  }
  if (!spellings.empty())
    choices.push_back(
        equals_any(flavour, SqlType::text, rule.expression, parameters.add(list_value(flavour, spellings))));
  return choices.empty() ? "" : any_of(choices);
}

std::string parent_condition(SqlFlavour flavour, SqlType type, const BoundTrace& rule,
                             const std::vector<std::string>& wanted, Parameters& parameters) {
  if (!rule.rule->list) return plain_condition(flavour, rule, wanted, parameters);
  std::vector<std::string> whole;
  for (const std::string& id : wanted) {
    const auto [first, last] = uuid_range(id);
    const bool fits = type == SqlType::uuid      ? !first.empty() && first == last
                      : type == SqlType::integer ? is_whole_number(id)
                                                 : true;
    if (fits) whole.push_back(id);
  }
  if (whole.empty()) return "";
  return overlaps(type, rule.expression, parameters.add(list_value(flavour, whole)));
}

std::string plain_condition(SqlFlavour flavour, const BoundTrace& rule, const std::vector<std::string>& wanted,
                            Parameters& parameters) {
  if (!rule.rule->whole_context)
    return equals_any(flavour, SqlType::text, rule.expression, parameters.add(list_value(flavour, wanted)));
  std::vector<std::string> choices;
  for (const std::string& text : wanted)
    choices.push_back(contains_folded(flavour, rule.expression, parameters.add(text)));
  return any_of(choices);
}

}  // namespace queuetrace
