// `config show`: the configuration as it is used, passwords masked.
#include <ostream>

#include "commands/command.hpp"
#include "commands/config/configuration_toml.hpp"
#include "commands/context.hpp"
#include "commands/report/outcomes.hpp"
#include "formatters/source_record.hpp"
#include "model/connection_url.hpp"
#include "tracing/span_store/settings.hpp"

namespace queuetrace {
namespace {

constexpr Column config_columns[] = {{"path", "PATH"},
                                     {"found", "FOUND"},
                                     {"sources", "SOURCES"},
                                     {"groups", "GROUPS"},
                                     {"default", "DEFAULT"},
                                     {"viewers", "VIEWERS"},
                                     {"default_trace_viewer", "DEFAULT VIEWER"},
                                     {"enable_copy_actions", "COPY ACTIONS"},
                                     {"enable_open_actions", "OPEN ACTIONS"},
                                     {"output", "OUTPUT"},
                                     {"browser", "BROWSER"},
                                     {"clipboard", "CLIPBOARD"},
                                     {"pager", "PAGER"},
                                     {"redact", "REDACT"},
                                     {"warn_age_ms", "WARN AGE"},
                                     {"alert_age_ms", "ALERT AGE"}};

Value texts(const std::vector<std::string>& list) {
  if (list.empty()) return {};
  Values values;
  for (const std::string& text : list) values.emplace_back(Untrusted(text));
  return values;
}

Value text(const std::string& value) { return value.empty() ? Value() : Value(Untrusted(value)); }

/// A variable of a viewer: addresses without passwords, values of headers hidden unless they only name a variable of
/// the environment.
Value variable_value(const std::string& name, const std::string& value) {
  if (name.starts_with(spans_header_prefix) && named_variable(value).empty()) return std::string("***");
  return Untrusted(value);
}

Value viewers_value(const Configuration& configuration) {
  Values values;
  for (const ViewerSettings& viewer : configuration.viewers) {
    Fields fields{{"name", Untrusted(viewer.name)},
                  {"preset", text(viewer.preset.value_or(""))},
                  {"base", text(masked_url(viewer.base))},
                  {"url", text(viewer.url)},
                  {"window_ms", std::chrono::duration_cast<Milliseconds>(viewer.window)},
                  {"built_in", viewer.is_default}};
    for (const auto& [name, value] : viewer.variables) fields.push_back({"var." + name, variable_value(name, value)});
    values.emplace_back(std::move(fields));
  }
  return values;
}

Value groups_value(const Configuration& configuration) {
  if (configuration.groups.empty()) return {};
  Fields groups;
  for (const auto& [name, members] : configuration.groups) groups.push_back({name, texts(members)});
  return groups;
}

/// For people TOML; else one record: path, found, sources, groups, default, viewers and the other settings.
ExitCode config_show(Context& context) {
  const Configuration& configuration = context.configuration;
  if (is_table(context) && context.format_options.fields.empty()) {
    context.out << configuration_toml(configuration);
    return ExitCode::done;
  }
  Values sources;
  for (const Source& source : configuration.sources) sources.emplace_back(source_record(source));
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.config/1", "config", config_columns, Heading::Layout::detail, "path"});
  formatter->row({{"path", Untrusted(configuration.path.string())},
                  {"found", configuration.found},
                  {"sources", std::move(sources)},
                  {"groups", groups_value(configuration)},
                  {"default", texts(configuration.default_sources)},
                  {"viewers", viewers_value(configuration)},
                  {"default_trace_viewer", Untrusted(configuration.default_viewer)},
                  {"enable_copy_actions", configuration.copy_actions},
                  {"enable_open_actions", configuration.open_actions},
                  {"output", text(configuration.output.value_or(""))},
                  {"browser", texts(configuration.browser)},
                  {"clipboard", texts(configuration.clipboard)},
                  {"pager", texts(configuration.pager)},
                  {"redact", texts(configuration.redact)},
                  {"warn_age_ms", configuration.ages.value_or(AgeLimits()).warn},
                  {"alert_age_ms", configuration.ages.value_or(AgeLimits()).alert}});
  formatter->end({});
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"config show">) { return CommandForm(config_show); }

}  // namespace queuetrace
