// [systems.NAME] of the configuration file: queues in tables of the user's own. What can be told without the tables is
// told here; the rest when a source is opened.
#include <algorithm>
#include <cctype>

#include "backends/systems/catalogue.hpp"
#include "cli/config_described_table.hpp"
#include "cli/config_sections.hpp"

namespace queuetrace {
namespace {

/// Names stand in addresses (`source/system`) and are compared with those of built-in systems.
bool is_system_name(const std::string& text) {
  return !text.empty() && text.size() <= 64 && std::isalpha(static_cast<unsigned char>(text.front())) &&
         std::ranges::all_of(
             text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
}

std::vector<StorageFamily> families_of(TableReader& reader) {
  std::vector<StorageFamily> families;
  for (const std::string& word : reader.texts("family")) {
    if (word == "postgresql")
      families.push_back(StorageFamily::postgresql);
    else if (word == "sqlite")
      families.push_back(StorageFamily::sqlite);
    else
      reader.problem("family", "must be \"postgresql\", \"sqlite\" or both, not '" + word + "'");
  }
  if (!reader.has("family")) reader.problem("family", "is missing: \"postgresql\", \"sqlite\" or both");
  return families;
}

SystemDescription read_system(const toml::table& table, const std::string& name, Configuration& configuration) {
  SystemDescription system;
  system.name = name;
  system.line = table.source().begin.line;
  TableReader whole(table, "[systems." + name + "]", configuration.problems);
  system.families = families_of(whole);
  const toml::node* tables = whole.node("tables");
  if (tables == nullptr) {
    system.tables.push_back(read_described_table(whole, nullptr));
    whole.finish();
    return system;
  }
  for (const std::string_view key : described_table_keys) whole.node(key);
  whole.finish();
  const toml::array* list = tables->as_array();
  if (list == nullptr || !list->is_array_of_tables()) {
    whole.problem("tables", "must be written as [[systems." + name + ".tables]]");
    return system;
  }
  for (const toml::node& one : *list) {
    TableReader own(*one.as_table(), "[[systems." + name + ".tables]]", configuration.problems);
    system.tables.push_back(read_described_table(own, &whole));
    own.finish();
  }
  const auto has_order = [](const TableDescription& one) { return !one.order.empty(); };
  if (std::ranges::count_if(system.tables, has_order) > 1)
    whole.problem("tables", "only one of them may have an order", "workers take jobs from one table");
  std::stable_partition(system.tables.begin(), system.tables.end(), has_order);
  return system;
}

}  // namespace

void read_systems(TableReader& top, Configuration& configuration) {
  const toml::table* systems = top.table("systems");
  if (systems == nullptr) return;
  TableReader reader(*systems, "[systems]", configuration.problems);
  for (const std::string& name : keys_in_file_order(*systems)) {
    const toml::table* table = reader.table(name);
    if (!is_system_name(name))
      reader.problem(name, "names are lower-case letters, digits, '_' and '-', at most 64, a letter first");
    else if (find_system(name) != nullptr)
      reader.problem(name, "is the name of a built-in system", "give the description another name");
    else if (table != nullptr)
      if (SystemDescription system = read_system(*table, name, configuration);
          !system.tables.empty() && !system.families.empty())
        configuration.systems.push_back(std::move(system));
  }
  for (const auto& [key, node] : *systems)
    if (!node.is_table()) reader.table(key.str());
}

}  // namespace queuetrace
