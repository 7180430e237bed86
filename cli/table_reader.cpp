#include "cli/table_reader.hpp"

#include <algorithm>
#include <sstream>

#include "commands/report/suggestion.hpp"
#include "model/time.hpp"

namespace queuetrace {
namespace {

std::size_t line_of(const toml::node& node) { return node.source().begin.line; }

}  // namespace

const toml::node* TableReader::take(std::string_view key) {
  known_.emplace_back(key);
  return table_.get(key);
}

std::size_t TableReader::line(std::string_view key) const {
  const toml::node* node = table_.get(key);
  return node == nullptr ? line_of(table_) : line_of(*node);
}

void TableReader::problem(std::string_view key, const std::string& text, const std::string& hint) {
  problems_.push_back({line(key), (name_.empty() ? "" : name_ + " ") + std::string(key) + ": " + text, hint});
}

void TableReader::problem_at(const toml::node& node, std::string_view key, const std::string& text,
                             const std::string& hint) {
  problems_.push_back({line_of(node), (name_.empty() ? "" : name_ + " ") + std::string(key) + ": " + text, hint});
}

std::optional<std::string> TableReader::text(std::string_view key) {
  const toml::node* node = take(key);
  if (node == nullptr) return std::nullopt;
  std::optional<std::string> value = node->value_exact<std::string>();
  if (!value) problem(key, "must be a quoted string");
  return value;
}

bool TableReader::flag(std::string_view key, bool otherwise) {
  const toml::node* node = take(key);
  if (node == nullptr) return otherwise;
  const std::optional<bool> value = node->value_exact<bool>();
  if (!value) problem(key, "must be true or false");
  return value.value_or(otherwise);
}

std::optional<std::chrono::milliseconds> TableReader::duration(std::string_view key) {
  const toml::node* node = take(key);
  if (node == nullptr) return std::nullopt;
  std::optional<Milliseconds> value;
  if (const std::optional<std::string> typed = node->value_exact<std::string>()) value = parse_duration(*typed);
  if (const std::optional<std::int64_t> seconds = node->value_exact<std::int64_t>())
    if (*seconds > 0 && *seconds <= 31'536'000) value = std::chrono::seconds(*seconds);
  if (!value || value->count() <= 0) {
    problem(key, "must be a duration such as \"500ms\", \"10s\" or \"2m\"");
    return std::nullopt;
  }
  return value;
}

std::vector<std::string> TableReader::texts(std::string_view key) {
  const toml::node* node = take(key);
  std::vector<std::string> values;
  if (node == nullptr) return values;
  if (const std::optional<std::string> one = node->value_exact<std::string>()) return {*one};
  const toml::array* array = node->as_array();
  bool good = array != nullptr;
  if (array != nullptr) {
    for (const toml::node& element : *array) {
      const std::optional<std::string> value = element.value_exact<std::string>();
      good = good && value.has_value();
      if (value) values.push_back(*value);
    }
  }
  if (!good) {
    problem(key, "must be a string or a list of strings");
    values.clear();
  }
  return values;
}

std::vector<std::string> TableReader::program(std::string_view key) {
  const toml::node* node = table_.get(key);
  if (node == nullptr || !node->is_string()) return texts(key);
  std::istringstream words(text(key).value_or(""));
  std::vector<std::string> program;
  for (std::string word; words >> word;) program.push_back(word);
  return program;
}

void TableReader::flatten(const toml::table& table, const std::string& prefix,
                          std::map<std::string, std::string>& words) {
  for (const auto& [key, node] : table) {
    const std::string name = prefix + std::string(key.str());
    if (const toml::table* inner = node.as_table()) {
      flatten(*inner, name + ".", words);
    } else if (const std::optional<std::string> value = node.value_exact<std::string>()) {
      words[name] = *value;
    } else if (const std::optional<std::int64_t> number = node.value_exact<std::int64_t>()) {
      words[name] = std::to_string(*number);
    } else if (const std::optional<bool> truth = node.value_exact<bool>()) {
      words[name] = *truth ? "true" : "false";
    } else {
      problems_.push_back({line_of(node), name_ + " " + name + ": must be a quoted string", ""});
    }
  }
}

std::map<std::string, std::string> TableReader::words(std::string_view key) {
  std::map<std::string, std::string> words;
  if (const toml::table* inner = table(key)) flatten(*inner, "", words);
  return words;
}

const toml::table* TableReader::table(std::string_view key) {
  const toml::node* node = take(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) problem(key, "must be a table");
  return node->as_table();
}

void TableReader::finish() {
  for (const auto& [key, node] : table_) {
    const std::string name(key.str());
    if (std::find(known_.begin(), known_.end(), name) != known_.end()) continue;
    problems_.push_back({key.source().begin.line, "unknown key '" + name + "'" + (name_.empty() ? "" : " in " + name_),
                         did_you_mean(name, known_)});
  }
}

std::vector<std::string> keys_in_file_order(const toml::table& table) {
  std::vector<std::pair<toml::source_position, std::string>> places;
  for (const auto& [key, node] : table) places.emplace_back(key.source().begin, std::string(key.str()));
  std::stable_sort(places.begin(), places.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first.line, a.first.column) < std::pair(b.first.line, b.first.column);
  });
  std::vector<std::string> keys;
  for (auto& place : places) keys.push_back(std::move(place.second));
  return keys;
}

}  // namespace queuetrace
