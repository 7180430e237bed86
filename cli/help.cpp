#include "cli/help.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "commands/examples.hpp"

namespace queuetrace {
namespace {

using Row = std::pair<std::string, std::string>;  // what is typed, what it means

constexpr std::size_t widest_left = 30;

/// Appends `text` in lines of at most `width` cells, each after the first indented.
void append_wrapped(std::string& out, const std::string& text, std::size_t column, std::size_t width) {
  std::size_t at = column;
  std::size_t begin = 0;
  bool first = true;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    const std::size_t length = end - begin;
    if (!first && at + 1 + length > width) {
      out += "\n" + std::string(column, ' ');
      at = column;
    } else if (!first) {
      out += ' ';
      ++at;
    }
    out.append(text, begin, length);
    at += length;
    first = false;
    begin = end + 1;
  }
  out += '\n';
}

void append_rows(std::string& out, const std::string& heading, const std::vector<Row>& rows, std::size_t width) {
  if (rows.empty()) return;
  std::size_t left = 0;
  for (const Row& row : rows)
    if (row.first.size() <= widest_left) left = std::max(left, row.first.size());
  out += "\n" + heading + ":\n";
  for (const Row& row : rows) {
    out += "  " + row.first;
    if (row.first.size() > left)
      out += "\n" + std::string(left + 4, ' ');
    else
      out += std::string(left + 2 - row.first.size(), ' ');
    append_wrapped(out, row.second, left + 4, width);
  }
}

std::string left_side(const OptionDescription& option) {
  std::string text;
  if (!option.positional && option.names.front().size() > 2) text = "    ";  // long names stand below each other
  for (const std::string& name : option.names) {
    if (text.size() > 4 || (text.size() == 2)) text += ", ";
    text += name;
  }
  if (!option.value.empty() && !option.positional) text += " " + option.value;
  return text;
}

std::string right_side(const OptionDescription& option) {
  std::string text = option.summary;
  if (!option.choices.empty()) {
    text += text.empty() ? "" : ": ";
    for (std::size_t i = 0; i < option.choices.size(); ++i) text += (i > 0 ? ", " : "") + option.choices[i];
  }
  return text;
}

/// Options by group, groups in the order their first option was declared.
void append_options(std::string& out, const std::vector<OptionDescription>& options, std::size_t width) {
  std::vector<std::pair<std::string, std::vector<Row>>> groups;
  for (const OptionDescription& option : options) {
    const std::string heading = option.positional ? "Arguments" : option.group;
    auto group = std::find_if(groups.begin(), groups.end(), [&](const auto& known) { return known.first == heading; });
    if (group == groups.end()) group = groups.insert(groups.end(), {heading, {}});
    group->second.emplace_back(left_side(option), right_side(option));
  }
  for (const auto& [heading, rows] : groups) append_rows(out, heading, rows, width);
}

void collect_commands(const CommandDescription& command, std::vector<Row>& rows) {
  if (command.commands.empty() && !command.path.empty()) rows.emplace_back(command.path, command.summary);
  for (const CommandDescription& inner : command.commands) collect_commands(inner, rows);
}

/// Commands that read best first, by what they are for.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> groups{{
    {"Look", "job list, job show, job errors, trace show, peek, stats, queue list"},
    {"Live", "top, wait, health, stats --watch, job list --watch"},
    {"Trace", "trace list, trace show, trace open, trace copy, trace url, trace export"},
    {"Change", "job retry|cancel|delete|move, purge, queue pause|resume, undo, history"},
    {"Set up", "source add|list|check, doctor, config, demo, capture, completion"},
}};

void append_examples(std::string& out, const std::string& path) {
  std::vector<Row> rows;
  for (const Example& example : examples_of(path))
    if (!example.command.empty()) rows.emplace_back("queuetrace " + std::string(example.command), example.meaning);
  if (rows.empty()) return;
  out += "\nExamples:\n";
  for (const auto& [command, meaning] : rows) out += "  " + command + "\n      " + meaning + "\n";
}

std::string usage_of(const CommandDescription& command) {
  std::string usage = "Usage: queuetrace" + (command.path.empty() ? "" : " " + command.path);
  if (!command.commands.empty()) usage += command.path.empty() ? " COMMAND" : " VERB";
  for (const OptionDescription& option : command.options) {
    if (!option.positional) continue;
    const std::string name = option.names.front() + (option.repeatable ? "..." : "");
    usage += option.required ? " " + name : " [" + name + "]";
  }
  return usage + " [OPTIONS]\n";
}

}  // namespace

std::string help_text(const CommandDescription& root, const std::string& path, std::size_t width) {
  const CommandDescription* command = find_command(root, path);
  if (command == nullptr) command = &root;
  std::string out;
  if (!command->summary.empty()) {
    append_wrapped(out, command->summary, 0, width);
    out += '\n';
  }
  out += usage_of(*command);
  append_examples(out, command->path);
  std::vector<Row> rows;
  if (!command->commands.empty()) collect_commands(*command, rows);
  append_rows(out, "Commands", rows, width);
  if (command != &root) append_options(out, command->options, width);
  std::vector<Row> formats;
  for (const FormatDescription& format : command->formats) formats.emplace_back(format.name, format.summary);
  append_rows(out, "Further formats for -o", formats, width);
  if (command == &root)
    append_options(out, root.options, width);
  else
    out += "\nGlobal options: queuetrace help options\n";
  if (!command->footer.empty()) out += "\n" + command->footer + "\n";
  if (path.empty()) out += "\nEvery command has --help and a manual page, queuetrace-job-list(1) for one.\n";
  return out;
}

std::string options_text(const CommandDescription& root, std::size_t width) {
  std::string out = "Options that every command takes, before or after it.\n";
  append_options(out, root.options, width);
  return out;
}

std::string first_page() {
  std::string out =
      "What happened to this trace? Finds jobs in PostgreSQL, Redis and SQLite queues.\n\n"
      "  queuetrace 4bf92f3577b34da6a3ce929d0e0e4736    what happened to this trace\n"
      "  queuetrace job errors --since 1h               what fails now\n"
      "  queuetrace stats                               which queues are stuck\n\n";
  for (const auto& [group, commands] : groups)
    out += std::string(group) + std::string(8 - group.size(), ' ') + std::string(commands) + "\n";
  return out + "\nqueuetrace help COMMAND, queuetrace help options, man queuetrace\n";
}

}  // namespace queuetrace
