// [viewers.NAME] of the configuration file, and the tracing keys of the queue systems' own configurations.
#include <algorithm>

#include "cli/config_sections.hpp"
#include "commands/report/suggestion.hpp"
#include "model/error.hpp"
#include "tracing/span_store/settings.hpp"
#include "tracing/viewer.hpp"

namespace queuetrace {
namespace {

constexpr const char* local_jaeger = "http://localhost:16686";
constexpr const char* local_zipkin = "http://localhost:9411";

bool has_viewer(const Configuration& configuration, const std::string& name) {
  return std::any_of(configuration.viewers.begin(), configuration.viewers.end(),
                     [&](const ViewerSettings& viewer) { return viewer.name == name; });
}

/// Keeps the viewer when its template can be filled; otherwise that is a problem.
void add_viewer(TableReader& reader, std::string_view key, ViewerSettings settings, Configuration& configuration) {
  try {
    const Viewer checked(settings);
    configuration.viewers.push_back(std::move(settings));
  } catch (const Error& error) {
    reader.problem(key, error.what(), error.hint());
  }
}

/// Where and how spans are read: spans_url, spans_api, spans_token, spans_headers, as variables of the viewer. A token
/// is never in the file: it is named as ${NAME}, a variable of the environment, and read when it is sent.
void read_span_store(TableReader& reader, ViewerSettings& settings) {
  const std::size_t before = settings.variables.size();
  for (const char* key : {"spans_url", "spans_api", "spans_token"})
    if (const std::optional<std::string> text = reader.text(key); text && !text->empty())
      settings.variables[key] = *text;
  for (const auto& [name, value] : reader.words("spans_headers"))
    settings.variables[std::string(spans_header_prefix) + name] = value;
  if (settings.variables.size() == before) return;
  const auto token = settings.variables.find("spans_token");
  if (token != settings.variables.end() && named_variable(token->second).empty()) {
    settings.variables.erase(token);
    reader.problem("spans_token", "tokens do not belong in this file",
                   "export it, and name the variable in its place, as in \"${JAEGER_TOKEN}\"");
  } else if (const SpanStoreChoice choice = span_store_settings(settings, {}); !choice.settings) {
    reader.problem("spans_url", choice.problem, choice.hint);
  }
}

void read_viewer(TableReader& viewers, const toml::table& table, const std::string& name,
                 Configuration& configuration) {
  TableReader reader(table, "[viewers." + name + "]", configuration.problems);
  ViewerSettings settings;
  settings.name = name;
  settings.preset = reader.text("preset");
  settings.base = reader.text("base").value_or("");
  settings.url = reader.text("url").value_or("");
  settings.variables = reader.words("vars");
  if (const std::optional<Milliseconds> window = reader.duration("window"))
    settings.window = std::chrono::ceil<std::chrono::minutes>(*window);
  read_span_store(reader, settings);
  reader.finish();
  if (settings.preset.has_value() == !settings.url.empty())
    viewers.problem(name, "needs either preset (with base) or url");
  else
    add_viewer(viewers, name, std::move(settings), configuration);
}

void read_base(TableReader& reader, std::string_view key, const std::string& preset, Configuration& configuration) {
  const std::optional<std::string> base = reader.text(key);
  if (!base || base->empty()) return;
  ViewerSettings settings;
  settings.name = preset;
  settings.preset = preset;
  settings.base = *base;
  add_viewer(reader, key, std::move(settings), configuration);
}

/// The keys that go-redis-work-queue and the others read, with their meaning there (seeds).
void read_tracing_keys(TableReader& reader, Configuration& configuration) {
  read_base(reader, "jaeger_base_url", "jaeger", configuration);
  read_base(reader, "zipkin_base_url", "zipkin", configuration);
  const std::optional<std::string> custom = reader.text("custom_trace_url");
  if (custom && !custom->empty()) {
    ViewerSettings settings;
    settings.name = "custom";
    settings.url = *custom;
    add_viewer(reader, "custom_trace_url", std::move(settings), configuration);
  }
  if (const std::optional<std::string> name = reader.text("default_trace_viewer")) configuration.default_viewer = *name;
  configuration.copy_actions = reader.flag("enable_copy_actions", configuration.copy_actions);
  configuration.open_actions = reader.flag("enable_open_actions", configuration.open_actions);
}

void add_built_in(Configuration& configuration, const std::string& name, const std::string& base) {
  if (has_viewer(configuration, name)) return;
  ViewerSettings settings;
  settings.name = name;
  settings.preset = name;
  settings.base = base;
  settings.is_default = true;
  configuration.viewers.push_back(std::move(settings));
}

}  // namespace

void read_viewers(TableReader& top, Configuration& configuration) {
  if (const toml::table* viewers = top.table("viewers")) {
    TableReader reader(*viewers, "[viewers]", configuration.problems);
    for (const std::string& name : keys_in_file_order(*viewers))
      if (const toml::table* table = reader.table(name)) read_viewer(reader, *table, name, configuration);
  }
  read_tracing_keys(top, configuration);
  if (const toml::table* tracing = top.table("tracing")) {
    TableReader reader(*tracing, "[tracing]", configuration.problems);
    read_tracing_keys(reader, configuration);
    reader.finish();
  }
  add_built_in(configuration, "jaeger", local_jaeger);
  add_built_in(configuration, "zipkin", local_zipkin);
  // `custom` without custom_trace_url falls back to Jaeger, as where the key comes from.
  if (configuration.default_viewer == "custom" && !has_viewer(configuration, "custom"))
    configuration.default_viewer = "jaeger";
  if (!has_viewer(configuration, configuration.default_viewer)) {
    std::vector<std::string> known;
    for (const ViewerSettings& viewer : configuration.viewers) known.push_back(viewer.name);
    top.problem("default_trace_viewer", "there is no viewer '" + configuration.default_viewer + "'",
                did_you_mean(configuration.default_viewer, known));
  }
}

}  // namespace queuetrace
