#include "tracing/span_store/settings.hpp"

#include "tracing/http_header.hpp"
#include "tracing/percent.hpp"
#include "tracing/url.hpp"
#include "tracing/url_template.hpp"

namespace queuetrace {
namespace {

constexpr const char* token_variable = "QUEUETRACE_SPANS_TOKEN";
constexpr const char* headers_variable = "QUEUETRACE_SPANS_HEADERS";

std::string value_of(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : found->second;
}

/// A variable of the viewer; empty when it is not set.
std::string variable(const ViewerSettings& viewer, std::string_view name) {
  const std::string* const found = find_variable(viewer.variables, name);
  return found == nullptr ? std::string() : *found;
}

/// The text, or what the variable holds that it names.
std::string resolved(const std::string& text, const Environment& environment) {
  const std::string name = named_variable(text);
  return name.empty() ? text : value_of(environment, name);
}

bool is_grafana(const std::string& preset) { return preset == "grafana" || preset == "grafana-left"; }

std::optional<SpanApi> api_of(const ViewerSettings& viewer) {
  if (const std::string named = variable(viewer, "spans_api"); !named.empty()) return span_api(named);
  const std::string preset = viewer.preset.value_or("");
  if (!is_grafana(preset)) return span_api(preset);
  const std::string type = variable(viewer, "datasourceType");
  return type.empty() ? SpanApi::tempo : span_api(type);
}

std::string without_slash(std::string text) {
  while (text.ends_with('/')) text.pop_back();
  return text;
}

/// Grafana hands requests on to a data source that it knows by its uid.
std::string base_of(const ViewerSettings& viewer, SpanStoreChoice& choice) {
  if (const std::string own = variable(viewer, "spans_url"); !own.empty()) return without_slash(own);
  const std::string base = without_slash(viewer.base);
  if (!is_grafana(viewer.preset.value_or("")) || base.empty()) return base;
  const std::string uid = variable(viewer, "datasourceUid");
  if (uid.empty()) {
    choice.problem = "viewer '" + viewer.name + "' does not say which data source has the spans";
    choice.hint = "set spans_url, or vars.datasourceUid, in [viewers." + viewer.name + "]";
    return {};
  }
  return base + "/api/datasources/proxy/uid/" + percent_encode(uid);
}

/// False when the headers cannot be sent; says so.
bool read_headers(const ViewerSettings& viewer, const Environment& environment, SpanStoreChoice& choice,
                  std::vector<Secret>& headers) {
  const std::string owner = "viewer '" + viewer.name + "'";
  for (const auto& [name, value] : viewer.variables) {
    if (!name.starts_with(spans_header_prefix)) continue;
    std::optional<Secret> line = header_line(name.substr(spans_header_prefix.size()), resolved(value, environment));
    if (!line) {
      choice.problem = owner + ": a header of spans_headers cannot be sent";
      return false;
    }
    headers.push_back(std::move(*line));
  }
  if (!read_header_list(value_of(environment, headers_variable), headers)) {
    choice.problem = std::string(headers_variable) + " is not a list of name=value that can be sent";
    return false;
  }
  const std::string named = named_variable(variable(viewer, "spans_token"));
  const Secret token(value_of(environment, named.empty() ? token_variable : named));
  if (token.empty()) return true;
  std::optional<Secret> line = header_line("Authorization", "Bearer " + token.reveal());
  if (!line) {
    choice.problem = "the token for " + owner + " holds a character that cannot be sent";
    return false;
  }
  headers.push_back(std::move(*line));
  return true;
}

}  // namespace

std::string named_variable(std::string_view value) {
  if (!value.starts_with("${") || !value.ends_with('}') || value.size() < 4) return {};
  return std::string(value.substr(2, value.size() - 3));
}

std::optional<SpanApi> span_api(std::string_view word) {
  if (word == "jaeger") return SpanApi::jaeger;
  if (word == "zipkin") return SpanApi::zipkin;
  if (word == "tempo") return SpanApi::tempo;
  return std::nullopt;
}

SpanStoreChoice span_store_settings(const ViewerSettings& viewer, const Environment& environment) {
  SpanStoreChoice choice;
  const std::string owner = "viewer '" + viewer.name + "'";
  const std::optional<SpanApi> api = api_of(viewer);
  if (!api) {
    choice.problem = "no spans can be read from " + owner + ": Jaeger, Zipkin and Tempo are understood";
    if (!variable(viewer, "spans_api").empty()) choice.problem = owner + ": spans_api must be jaeger, zipkin or tempo";
    choice.hint = "choose another viewer (--viewer), or set spans_url and spans_api in [viewers." + viewer.name + "]";
    return choice;
  }
  SpanStoreSettings settings{viewer.name, *api, base_of(viewer, choice), {}, {}};
  if (!choice.problem.empty()) return choice;
  if (const std::string problem = url_problem(settings.base, false);
      !problem.empty() || settings.base.find_first_of("?#") != std::string::npos) {
    choice.problem =
        owner + " has no usable spans_url: " + (problem.empty() ? "a query or fragment is in it" : problem);
    choice.hint = "set spans_url in [viewers." + viewer.name + "], such as http://jaeger.example:16686";
    return choice;
  }
  const UrlParts parts = split_url(settings.base);
  settings.origin = std::string(parts.scheme) + "://" + std::string(parts.authority);
  if (read_headers(viewer, environment, choice, settings.headers)) choice.settings = std::move(settings);
  return choice;
}

}  // namespace queuetrace
