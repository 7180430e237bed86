#include "commands/system/description_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace queuetrace {
namespace {

/// The code point that begins here and its length; absent where the bytes are no UTF-8.
std::optional<std::pair<char32_t, std::size_t>> code_point(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80 ? 1 : first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : 2;
  if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || text.size() < length) return std::nullopt;
  char32_t point = length == 1 ? first : first & (0xff >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    point = point << 6 | (byte(i) & 0x3f);
  }
  const bool surrogate = point >= 0xd800 && point < 0xe000;
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  if (surrogate || overlong || point > 0x10ffff) return std::nullopt;
  return std::pair(point, length);
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto point = code_point(text);
    if (!point) return false;
    text.remove_prefix(point->second);
  }
  return true;
}

std::string toml_list(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + toml_text(text);
  return "[" + out + "]";
}

std::string key_text(const std::string& name) {
  const bool bare = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  return bare ? name : toml_text(name);
}

std::string condition_text(const DescribedCondition& condition) {
  using Kind = DescribedCondition::Kind;
  std::string value;
  switch (condition.kind) {
    case Kind::set: value = "\"set\""; break;
    case Kind::null: value = "\"null\""; break;
    case Kind::past: value = "\"past\""; break;
    case Kind::future: value = "\"future\""; break;
    case Kind::over: value = toml_text("over " + condition.values.at(0).text); break;
    case Kind::under: value = toml_text("under " + condition.values.at(0).text); break;
    case Kind::equal: {
      std::vector<std::string> words;
      for (const DescribedLiteral& literal : condition.values) words.push_back(literal.text);
      value = toml_list(words);  // as a list: the word itself, even where it is `set`
    }
  }
  return key_text(condition.subject) + " = " + value;
}

std::string rule_text(const DescribedState& rule) {
  std::string when;
  for (const DescribedCondition& condition : rule.when) when += (when.empty() ? "" : ", ") + condition_text(condition);
  return fmt::format("  {{ name = {}, state = \"{}\"{} }},\n", toml_text(rule.name.empty() ? "(empty)" : rule.name),
                     to_word(rule.state), when.empty() ? "" : ", when = { " + when + " }");
}

bool is_writable(const DescribedState& rule) {
  return is_utf8(rule.name) && std::ranges::all_of(rule.when, [](const DescribedCondition& condition) {
           return std::ranges::all_of(condition.values, [](const DescribedLiteral& one) { return is_utf8(one.text); });
         });
}

std::string remarks(const SystemProposal& proposal) {
  std::string out = "# Proposed from the table: names and types of its columns";
  out += proposal.sampled == 0 ? ".\n" : fmt::format(", words of {} rows.\n", proposal.sampled);
  out += "# Read it through, paste it into the configuration, then run: queuetrace config check --source NAME\n";
  for (const std::string& open : proposal.open) out += "# To decide: " + open + "\n";
  for (const Untrusted& word : proposal.unknown_words)
    out += "# No rule for the word " + (is_utf8(word.raw()) ? toml_text(word.raw()) : "that is no UTF-8") + "\n";
  return out;
}

}  // namespace

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const auto point = code_point(text);
    if (!point) {
      out += "\\uFFFD";
      text.remove_prefix(1);
      continue;
    }
    if (point->first == '"' || point->first == '\\')
      out += {'\\', static_cast<char>(point->first)};
    else if (point->first >= 0x20 && point->first < 0x7f)
      out += static_cast<char>(point->first);
    else
      out += fmt::format(fmt::runtime(point->first < 0x10000 ? "\\u{:04X}" : "\\U{:08X}"),
                         static_cast<std::uint32_t>(point->first));
    text.remove_prefix(point->second);
  }
  return out + '"';
}

std::string description_text(const SystemProposal& proposal) {
  const SystemDescription& system = proposal.description;
  const TableDescription& table = system.tables.front();
  std::string out = remarks(proposal) + fmt::format("[systems.{}]\n", system.name);
  out += fmt::format("family  = \"{}\"\n", to_word(system.families.front()));
  if (table.schema) out += fmt::format("schema  = {}\n", toml_text(*table.schema));
  out += fmt::format("table   = {}\nid      = {}\n", toml_text(table.table), toml_text(table.id));
  if (!table.zone.empty()) out += fmt::format("zone    = {}\n", toml_text(table.zone));
  const auto unit = table.epoch.find("");
  if (unit != table.epoch.end()) out += fmt::format("epoch   = \"{}\"\n", unit->second);
  out += "states  = [\n";
  for (const DescribedState& rule : table.states)
    if (is_writable(rule)) out += rule_text(rule);
  out += "]\n";
  if (!table.trace.empty()) out += fmt::format("trace   = {}\n", toml_list(table.trace));
  if (!table.order.empty()) out += fmt::format("order   = {}\n", toml_list(table.order));
  out += fmt::format("[systems.{}.columns]\n", system.name);
  for (const std::string_view field : described_fields)
    if (const auto column = table.columns.find(std::string(field)); column != table.columns.end())
      out += fmt::format("{} = {}\n", field, toml_text(column->second));
  if (unit != table.epoch.end() || table.epoch.empty()) return out;
  out += fmt::format("[systems.{}.epoch]\n", system.name);
  for (const auto& [field, name] : table.epoch) out += fmt::format("{} = \"{}\"\n", field, name);
  return out;
}

}  // namespace queuetrace
