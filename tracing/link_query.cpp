#include "tracing/link_query.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "tracing/base64.hpp"
#include "tracing/characters.hpp"
#include "tracing/gzip.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::ordered_json;

std::string milliseconds_text(Timestamp time) {
  return std::to_string(std::chrono::floor<std::chrono::milliseconds>(time).time_since_epoch().count());
}

TemplateValue refused(std::string why) { return {std::nullopt, std::move(why)}; }

/// Why a value cannot be put into a query; empty when it can.
std::string query_problem(const LinkFacts& facts) {
  if (!is_valid_utf8(facts.value)) return "refused: the value to search for is not valid UTF-8";
  if (has_control_character(facts.value)) return "refused: control character";
  return {};
}

/// What Grafana reads the traces from: `tempo` unless the configuration says `jaeger` or `zipkin`.
std::string source_type(const ViewerSettings& settings) {
  const std::string* const type = find_variable(settings.variables, "datasourceType");
  return type == nullptr || type->empty() ? "tempo" : *type;
}

/// A Grafana pane with one query; absent when the data source is not configured. Only Tempo knows query types: with the
/// other sources the id alone is a query (docs/tracing.md section 1.3).
std::optional<Json> pane(const ViewerSettings& settings, const LinkFacts& facts, Json query, bool with_limits) {
  const std::string* const source = find_variable(settings.variables, "datasourceUid");
  if (source == nullptr || source->empty()) return std::nullopt;
  const std::string type = source_type(settings);
  Json request{{"refId", "A"}, {"datasource", {{"type", type}, {"uid", *source}}}};
  if (type == "tempo") request["queryType"] = "traceql";
  if (with_limits && type == "tempo") {
    request["limit"] = 20;
    request["tableType"] = "traces";
  }
  request["query"] = std::move(query);
  Json result{{"datasource", *source}, {"queries", Json::array({request})}};
  if (facts.start && facts.end)
    result["range"] = {{"from", milliseconds_text(*facts.start)}, {"to", milliseconds_text(*facts.end)}};
  return result;
}

TemplateValue needs_source(const ViewerSettings& settings) {
  return refused(fmt::format("viewer '{}' needs var.datasourceUid", settings.name));
}

}  // namespace

TemplateValue grafana_panes(const LinkFacts& facts, const ViewerSettings& settings) {
  if (!facts.number) return {};
  std::optional<Json> result = pane(settings, facts, hex32(*facts.number), true);
  if (!result) return needs_source(settings);
  if (facts.span) (*result)["panelsState"] = {{"trace", {{"spanId", *facts.span}}}};
  return {Json{{"trc", *result}}.dump(), {}};
}

TemplateValue grafana_left(const LinkFacts& facts, const ViewerSettings& settings) {
  if (!facts.number) return {};
  const std::optional<Json> result = pane(settings, facts, hex32(*facts.number), false);
  return result ? TemplateValue{result->dump(), {}} : needs_source(settings);
}

TemplateValue grafana_search_panes(const LinkFacts& facts, const ViewerSettings& settings) {
  if (source_type(settings) != "tempo")
    return refused(fmt::format("viewer '{}' can be linked to a search with a Tempo data source only", settings.name));
  if (std::string problem = query_problem(facts); !problem.empty()) return refused(std::move(problem));
  std::string quoted;
  for (const char c : facts.value) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  const std::optional<Json> result =
      pane(settings, facts, fmt::format("{{ .{} = \"{}\" }}", facts.attribute, quoted), true);
  return result ? TemplateValue{Json{{"trc", *result}}.dump(), {}} : needs_source(settings);
}

TemplateValue jaeger_tags(const LinkFacts& facts) {
  if (std::string problem = query_problem(facts); !problem.empty()) return refused(std::move(problem));
  return {Json{{facts.attribute, facts.value}}.dump(), {}};
}

TemplateValue zipkin_annotation_query(const LinkFacts& facts) {
  if (std::string problem = query_problem(facts); !problem.empty()) return refused(std::move(problem));
  // Zipkin joins conditions by ` and ` and has no quoting.
  if (facts.value.find(" and ") != std::string::npos) return refused("refused: ' and ' would split a Zipkin query");
  return {facts.attribute + "=" + facts.value, {}};
}

TemplateValue axiom_query(const LinkFacts& facts, const ViewerSettings& settings) {
  if (!facts.number) return {};
  const std::string* const dataset = find_variable(settings.variables, "dataset");
  if (dataset == nullptr || dataset->empty())
    return refused(fmt::format("viewer '{}' needs var.dataset", settings.name));
  if (dataset->find_first_of("'\\") != std::string::npos) return refused("refused: quote in var.dataset");
  return {Json{{"apl", fmt::format("['{}'] | where trace_id == \"{}\"", *dataset, hex32(*facts.number))}}.dump(), {}};
}

TemplateValue coroot_query(const LinkFacts& facts) {
  if (!facts.number) return {};
  return {Json{{"view", "traces"}, {"trace_id", hex32(*facts.number)}}.dump(), {}};
}

TemplateValue azure_scope(const ViewerSettings& settings) {
  const std::string* const resource = find_variable(settings.variables, "resourceId");
  if (resource == nullptr || resource->empty())
    return refused(fmt::format("viewer '{}' needs var.resourceId", settings.name));
  return {Json{{"resources", Json::array({Json{{"resourceId", *resource}}})}}.dump(), {}};
}

TemplateValue azure_query(const LinkFacts& facts) {
  if (!facts.number) return {};
  const std::string query = fmt::format(
      "union requests, dependencies, exceptions, traces | where operation_Id == \"{}\"", hex32(*facts.number));
  return {base64_encode(gzipped(query)), {}};
}

TemplateValue azure_timespan(const LinkFacts& facts) {
  if (!facts.start || !facts.end) return {"P1D", {}};
  return {to_rfc3339(*facts.start) + "/" + to_rfc3339(*facts.end), {}};
}

}  // namespace queuetrace
