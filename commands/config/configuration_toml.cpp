#include "commands/config/configuration_toml.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backends/results_url.hpp"
#include "commands/system/description_text.hpp"
#include "model/connection_url.hpp"
#include "tracing/span_store/settings.hpp"

namespace queuetrace {
namespace {

std::string toml_list(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + toml_text(text);
  return "[" + list + "]";
}

/// A part of a dotted name.
std::string toml_key(const std::string& name) {
  const bool bare = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  return bare ? name : toml_text(name);
}

/// As the configuration reads it, in the largest unit that says it in whole numbers: `1h`, `90m`, `1500ms`.
std::string toml_duration(Milliseconds time) {
  for (const auto& [unit, length] : {std::pair{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}})
    if (time.count() > 0 && time.count() % length == 0)
      return toml_text(fmt::format("{}{}", time.count() / length, unit));
  return toml_text(fmt::format("{}ms", time.count()));
}

/// One table of the text: its keys stand in a column.
class TomlTable {
 public:
  void add(const std::string& key, const std::string& value, bool is_default = false) {
    lines_.push_back({key, value, is_default ? "default" : ""});
  }
  void remark(const std::string& text) { lines_.push_back({"", "", text}); }

  std::string text() const {
    std::size_t width = 0;
    for (const Line& line : lines_) width = std::max(width, line.key.size());
    std::string out;
    for (const Line& line : lines_) {
      if (!line.key.empty()) out += fmt::format("{:<{}} = {}", line.key, width, line.value);
      if (!line.remark.empty()) out += (line.key.empty() ? "# " : "  # ") + line.remark;
      out += '\n';
    }
    return out;
  }

 private:
  struct Line {
    std::string key, value, remark;
  };
  std::vector<Line> lines_;
};

std::string flag(bool value) { return value ? "true" : "false"; }

std::string top_table(const Configuration& configuration) {
  TomlTable top;
  if (!configuration.default_sources.empty()) top.add("default", toml_list(configuration.default_sources));
  const std::string output = configuration.output.value_or("auto");
  top.add("output", toml_text(output), output == "auto");
  for (const auto& [key, program] : {std::pair{"pager", &configuration.pager},
                                     {"browser", &configuration.browser},
                                     {"clipboard", &configuration.clipboard}})
    if (!program->empty()) top.add(key, toml_list(*program));
  if (!configuration.redact.empty()) top.add("redact", toml_list(configuration.redact));
  const AgeLimits usual, ages = configuration.ages.value_or(usual);
  top.add("warn_age", toml_duration(ages.warn), ages.warn == usual.warn);
  top.add("alert_age", toml_duration(ages.alert), ages.alert == usual.alert);
  top.add("default_trace_viewer", toml_text(configuration.default_viewer), configuration.default_viewer == "jaeger");
  top.add("enable_copy_actions", flag(configuration.copy_actions), configuration.copy_actions);
  top.add("enable_open_actions", flag(configuration.open_actions), configuration.open_actions);
  return top.text();
}

std::string source_table(const Source& source) {
  const Source usual;
  TomlTable table;
  table.add("url", toml_text(masked_url(source.url.reveal())));
  for (const auto& [name, value] : source.keys) {
    if (name == results_url_option)
      table.add(name, toml_text(masked_url(value)));
    else
      table.add("keys." + toml_key(name), toml_text(with_masked_urls(value)));
  }
  if (source.system) table.add("system", toml_text(*source.system));
  if (source.schema) table.add("schema", toml_text(*source.schema));
  if (source.system_config) table.add("system_config", toml_text(source.system_config->string()));
  if (source.password_file) table.add("password_file", toml_text(source.password_file->string()));
  if (!source.password_command.empty()) table.remark("password_command is set");
  table.add("protected", flag(source.is_protected), !source.is_protected);
  table.add("read_only", flag(source.read_only), !source.read_only);
  if (source.viewer) table.add("viewer", toml_text(*source.viewer));
  if (!source.redact.empty()) table.add("redact", toml_list(source.redact));
  table.add("connect_timeout", toml_duration(source.connect_timeout), source.connect_timeout == usual.connect_timeout);
  table.add("statement_timeout", toml_duration(source.statement_timeout),
            source.statement_timeout == usual.statement_timeout);
  return fmt::format("\n[sources.{}]\n{}", toml_key(source.name), table.text());
}

std::string viewer_table(const ViewerSettings& viewer) {
  TomlTable table;
  if (viewer.preset) table.add("preset", toml_text(*viewer.preset));
  if (!viewer.base.empty()) table.add("base", toml_text(masked_url(viewer.base)));
  if (!viewer.url.empty()) table.add("url", toml_text(viewer.url));
  table.add("window", toml_duration(viewer.window), viewer.window == ViewerSettings().window);
  for (const auto& [name, value] : viewer.variables) {
    if (name.starts_with(spans_header_prefix))
      table.add("spans_headers." + toml_key(name.substr(spans_header_prefix.size())),
                toml_text(named_variable(value).empty() ? "***" : value));
    else if (name == "spans_url" || name == "spans_api" || name == "spans_token")
      table.add(name, toml_text(name == "spans_url" ? masked_url(value) : value));
    else
      table.add("vars." + toml_key(name), toml_text(value));
  }
  return fmt::format("\n{}[viewers.{}]\n{}", viewer.is_default ? "# built in\n" : "", toml_key(viewer.name),
                     table.text());
}

}  // namespace

std::string configuration_toml(const Configuration& configuration) {
  std::string out = "# " + toml_text(configuration.path.string()) +
                    (configuration.found ? "\n" : ": there is no such file; these are the defaults\n");
  out += top_table(configuration);
  if (!configuration.groups.empty()) {
    TomlTable groups;
    for (const auto& [name, members] : configuration.groups) groups.add(toml_key(name), toml_list(members));
    out += "\n[groups]\n" + groups.text();
  }
  for (const Source& source : configuration.sources) out += source_table(source);
  for (const SystemDescription& system : configuration.systems)
    out += fmt::format("\n# [systems.{}] is as in the file, line {}\n", toml_key(system.name), system.line);
  for (const ViewerSettings& viewer : configuration.viewers) out += viewer_table(viewer);
  return out;
}

}  // namespace queuetrace
