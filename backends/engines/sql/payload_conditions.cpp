#include "backends/engines/sql/payload_conditions.hpp"

#include <fmt/format.h>

#include <optional>

#include "backends/engines/sql/document_place.hpp"
#include "backends/engines/sql/flavour.hpp"
#include "backends/engines/sql/json_comparison.hpp"

namespace queuetrace {
namespace {

std::string condition_of(SqlFlavour flavour, const std::string& document, const PayloadCondition& wanted,
                         Parameters& parameters) {
  const std::string path = parameters.add(path_value(flavour, wanted.path));
  if (const std::optional<std::string> whole = whole_value(wanted)) {
    const std::string equals = equals_json_at_path(flavour, document, path, parameters.add(*whole));
    const bool negated = wanted.comparison == PayloadCondition::Comparison::not_equal;
    return negated ? fmt::format("({} IS NOT NULL AND NOT {})", document, equals) : equals;
  }
  const std::string text = text_at_path(flavour, document, path);
  const std::string value = parameters.add(wanted.value);
  switch (wanted.comparison) {
    case PayloadCondition::Comparison::equal: return fmt::format("{} = {}", text, value);
    case PayloadCondition::Comparison::not_equal:
      return fmt::format("({0} IS NOT NULL AND ({1} IS NULL OR {1} <> {2}))", document, text, value);
    case PayloadCondition::Comparison::contains: break;
  }
  return contains_folded(flavour, text, value);
}

}  // namespace

std::vector<std::string> payload_conditions(SqlFlavour flavour, const std::string& document,
                                            const std::vector<PayloadCondition>& wanted, Parameters& parameters) {
  std::vector<std::string> conditions;
  for (const PayloadCondition& one : wanted) conditions.push_back(condition_of(flavour, document, one, parameters));
  return conditions;
}

}  // namespace queuetrace
