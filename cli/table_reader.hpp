// Reads one TOML table by its keys, and collects what is wrong with it instead of stopping.
#pragma once

#include <toml++/toml.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/configuration.hpp"

namespace queuetrace {

/// Each read takes a key of the table; a value of the wrong type becomes a problem and reads as absent. Every key asked
/// for is known; finish() makes problems of the others.
class TableReader {
 public:
  /// `name`: how problems call the table, `[sources.prod]`; empty at the top.
  TableReader(const toml::table& table, std::string name, std::vector<ConfigurationProblem>& problems)
      : table_(table), name_(std::move(name)), problems_(problems) {}

  bool has(std::string_view key) const { return table_.contains(key); }
  std::optional<std::string> text(std::string_view key);
  bool flag(std::string_view key, bool otherwise);
  /// `"5s"`, `"15m"` or a number of seconds; more than zero.
  std::optional<std::chrono::milliseconds> duration(std::string_view key);
  /// An array of texts, or one text. Empty when absent.
  std::vector<std::string> texts(std::string_view key);
  /// A program and its arguments: an array, or one text cut at blanks. No shell, no quoting.
  std::vector<std::string> program(std::string_view key);
  /// `key = { a = "b" }`, inner tables flattened with dots (`worker.queues.high`).
  std::map<std::string, std::string> words(std::string_view key);
  /// nullptr when absent or no table.
  const toml::table* table(std::string_view key);

  /// Any value; nullptr when absent.
  const toml::node* node(std::string_view key) { return take(key); }

  const std::string& name() const { return name_; }
  std::vector<ConfigurationProblem>& problems() { return problems_; }
  std::size_t line(std::string_view key) const;
  void problem(std::string_view key, const std::string& text, const std::string& hint = {});
  /// Of a value inside that of the key.
  void problem_at(const toml::node& node, std::string_view key, const std::string& text, const std::string& hint = {});
  /// Makes a problem of every key that was not read, with the known key nearest to it.
  void finish();

 private:
  const toml::node* take(std::string_view key);
  void flatten(const toml::table& table, const std::string& prefix, std::map<std::string, std::string>& words);

  const toml::table& table_;
  std::string name_;
  std::vector<ConfigurationProblem>& problems_;
  std::vector<std::string> known_;
};

/// The keys of a table that hold tables, in the order of the file.
std::vector<std::string> keys_in_file_order(const toml::table& table);

}  // namespace queuetrace
