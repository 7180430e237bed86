// Fuzz target: rows as the systems in SQL databases and the captures hold them: notes, parents, payloads, carriers and
// further columns in JSON of any origin. The first line names the system, the byte behind it its relation; each part
// behind that, ended by the byte 0x1e, is a cell: a byte that chooses the column, and the text. All other cells are
// NULL. Checks that nothing is thrown, and that what is printed of the job is JSON, and harmless.
#include <algorithm>
#include <map>

#include "backends/engines/sql/row_reader.hpp"
#include "backends/engines/sql/rows_read.hpp"
#include "backends/engines/sql/select_builder.hpp"
#include "backends/systems/catalogue.hpp"
#include "tests/fuzz/printed.hpp"

namespace {

using namespace queuetrace;

constexpr char part_end = '\x1e';

/// Puts the columns that `needs` names into the schema.
void add_columns(LiveSchema& schema, std::string_view table, std::string_view needs) {
  for (std::string_view word : words_of(needs)) {
    if (word.find_first_of("!@#~:(\"") != std::string_view::npos) continue;
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::size_t dot = word.find('.');
    const std::string_view owner = dot < equals ? word.substr(0, dot) : table;
    const std::string_view column = word.substr(dot < equals ? dot + 1 : 0, equals - (dot < equals ? dot + 1 : 0));
    LiveTable& live = schema.tables[std::string(owner)];
    if (!column.empty()) live[std::string(column)] = equals < word.size() ? word.substr(equals + 1) : "jsonb";
  }
}

/// A database with every column that the description asks for.
LiveSchema schema_of(const SqlSystem& system) {
  LiveSchema schema;
  schema.name = "main";
  for (const SqlRelation& relation : system.relations) {
    schema.tables[std::string(relation.table)]["further"] = "text";
    if (relation.family != nullptr) {
      add_columns(schema, relation.table, relation.family->columns);
      schema.families[std::string(relation.table)] = {{"queue", std::string(relation.table) + "queue"}};
    }
    add_columns(schema, relation.table, system.probe);
    add_columns(schema, relation.table, relation.needs);
    for (const SqlFieldRule& rule : relation.fields) add_columns(schema, relation.table, rule.needs);
    for (const SqlExtra& rule : relation.extras) add_columns(schema, relation.table, rule.needs);
    for (const SqlCarrier& rule : relation.carriers) add_columns(schema, relation.table, rule.needs);
    for (const SqlNoteRule& rule : relation.notes) add_columns(schema, relation.table, rule.needs);
    for (const SqlTiming& rule : relation.run) add_columns(schema, relation.table, rule.needs);
  }
  return schema;
}

/// A system with a context of one path in each of its documents, and how its rows are selected.
struct Known {
  BoundSystem system;
  std::map<std::size_t, RowLayout> layouts = {};
};

Known& known(const SqlSystem& system) {
  static std::map<const SqlSystem*, Known> all;
  const auto [place, is_new] = all.try_emplace(&system);
  if (is_new) {
    place->second.system = bind_system(system, schema_of(system), {}, read_settings(system, Source()));
    for (BoundRelation& relation : place->second.system.relations)
      for (BoundCarrier& carrier : relation.carriers)
        if (carrier.paths.empty()) carrier.paths.push_back({{"traceparent"}, true});
  }
  return place->second;
}

const RowLayout& layout_of(Known& known, std::size_t relation) {
  const auto [place, is_new] = known.layouts.try_emplace(relation);
  if (is_new)
    place->second =
        build_list(known.system, JobFilter(), JobOrder::storage, RowDetail::all, {.relation = relation, .keys = {}}, 1)
            .layout;
  return place->second;
}

std::size_t columns_of(const RowLayout& layout) {
  int last = static_cast<int>(layout.relation);
  for (const std::size_t key : layout.keys) last = std::max(last, static_cast<int>(key));
  for (const RowLayout::Extra& extra : layout.extras) last = std::max(last, static_cast<int>(extra.column));
  for (const int column : layout.fields) last = std::max(last, column);
  for (const int column : layout.carriers) last = std::max(last, column);
  for (const RowLayout::Timing& timing : {layout.wait, layout.run})
    last = std::max({last, timing.from, timing.until, timing.valid});
  return static_cast<std::size_t>(
             std::max({last, layout.state_word, layout.state_number, layout.notes, layout.further_columns})) +
         1;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = fuzz::text_of(data, size);
  Known& chosen = known(fuzz::chosen(built_in_catalogue().sql, fuzz::take_part(rest, '\n')));
  if (rest.empty()) return 0;
  const std::size_t relation = static_cast<unsigned char>(rest.front()) % chosen.system.relations.size();
  rest.remove_prefix(1);
  const RowLayout& layout = layout_of(chosen, relation);

  const std::size_t columns = columns_of(layout);
  std::map<std::size_t, std::string> cells;
  while (!rest.empty()) {
    const std::string_view part = fuzz::take_part(rest, part_end);
    if (!part.empty()) cells[static_cast<unsigned char>(part.front()) % columns] = part.substr(1);
  }
  cells[layout.relation] = std::to_string(relation);
  RowsRead rows(columns);
  for (std::size_t column = 0; column < columns; ++column) {
    const auto cell = cells.find(column);
    if (cell == cells.end())
      rows.add_null();
    else
      rows.add(cell->second);
  }
  Job job;
  read_job(job, rows, 0, layout, chosen.system, "source");
  fuzz::check_printed(job);
  return 0;
}
