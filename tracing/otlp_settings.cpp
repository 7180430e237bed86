#include "tracing/otlp_settings.hpp"

#include <algorithm>
#include <charconv>

#include "model/letter_case.hpp"
#include "tracing/characters.hpp"
#include "tracing/http_header.hpp"
#include "tracing/url.hpp"

namespace queuetrace {
namespace {

constexpr std::chrono::milliseconds longest_timeout{900};  // of the second that a command may lose
constexpr std::string_view service_name = "service.name";

std::string setting_of(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string() : std::string(trimmed(found->second));
}

/// The variable of traces, else that of all signals.
std::string of_traces(const Environment& environment, const std::string& what) {
  const std::string own = setting_of(environment, "OTEL_EXPORTER_OTLP_TRACES_" + what);
  return own.empty() ? setting_of(environment, "OTEL_EXPORTER_OTLP_" + what) : own;
}

/// The address for traces below a base URL; its query stays behind the path.
std::string below(const std::string& base) {
  const std::size_t path_end = std::min(base.find_first_of("?#"), base.size());
  std::string url = base.substr(0, path_end);
  while (url.ends_with('/')) url.pop_back();
  return url + "/v1/traces" + base.substr(path_end);
}

void read_resource(const Environment& environment, OtlpSettings& settings) {
  std::string name = setting_of(environment, "OTEL_SERVICE_NAME");
  std::optional<NamePairs> pairs = pairs_of(setting_of(environment, "OTEL_RESOURCE_ATTRIBUTES"));
  // Half a description would mislead: the specification drops the variable as a whole.
  if (!pairs) settings.warning = "OTEL_RESOURCE_ATTRIBUTES is not a list of name=value: left out";
  Fields others;
  for (auto& [key, value] : pairs.value_or(NamePairs{})) {
    if (key != service_name)
      others.push_back({key, Untrusted(value)});
    else if (name.empty())
      name = value;
  }
  settings.resource.push_back({std::string(service_name), Untrusted(name.empty() ? "queuetrace" : name)});
  for (Field& field : others) settings.resource.push_back(std::move(field));
}

std::chrono::milliseconds timeout_of(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number <= 0) return longest_timeout;
  return std::min(longest_timeout, std::chrono::milliseconds(number));
}

}  // namespace

std::optional<OtlpSettings> otlp_settings(const Environment& environment) {
  if (equal_ignoring_case(setting_of(environment, "OTEL_SDK_DISABLED"), "true")) return std::nullopt;
  if (setting_of(environment, "OTEL_TRACES_EXPORTER") == "none") return std::nullopt;
  std::string endpoint = setting_of(environment, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
  const std::string base = setting_of(environment, "OTEL_EXPORTER_OTLP_ENDPOINT");
  if (endpoint.empty() && base.empty()) return std::nullopt;
  const std::string variable = endpoint.empty() ? "OTEL_EXPORTER_OTLP_ENDPOINT" : "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  if (endpoint.empty()) endpoint = below(base);

  OtlpSettings settings;
  read_resource(environment, settings);
  settings.timeout = timeout_of(of_traces(environment, "TIMEOUT"));
  settings.certificate = of_traces(environment, "CERTIFICATE");
  if (const std::string problem = url_problem(endpoint, false); !problem.empty()) {
    settings.problem = variable + " cannot be used: " + problem;
    return settings;
  }
  const UrlParts parts = split_url(endpoint);
  settings.collector = lower_case(parts.scheme) + "://" + std::string(parts.authority);
  settings.endpoint = Secret(endpoint);
  if (of_traces(environment, "PROTOCOL") == "grpc")
    settings.problem = "gRPC is not spoken here: set OTEL_EXPORTER_OTLP_PROTOCOL to http/json and the port to 4318";
  else if (!read_header_list(of_traces(environment, "HEADERS"), settings.headers))
    settings.problem = "the OTLP headers in the environment are not a list of name=value that can be sent";
  return settings;
}

}  // namespace queuetrace
