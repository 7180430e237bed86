#include "backends/systems/described/traces.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backends/engines/sql/flavour.hpp"
#include "backends/systems/described/literal.hpp"

namespace queuetrace::described {
namespace {

bool is_json(ColumnKind kind) { return kind == ColumnKind::json || kind == ColumnKind::jsonb; }

/// Whether the column holds ids and nothing around them.
bool holds_ids(const Reference& place) {
  std::string name = place.column;
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return place.members.empty() && place.word.empty() && !is_json(place.live->kind) && !name.ends_with("traceparent") &&
         !name.ends_with("context");
}

bool is_plain(std::string_view name) {
  return !name.empty() && (name.front() < '0' || name.front() > '9') &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

void add_index(SqlFlavour flavour, const TableDescription& table, const std::string& column, OwnedSystem& owned) {
  const bool on_postgresql = flavour == SqlFlavour::postgresql;
  const std::string name = is_plain(column) ? column : quoted_identifier(column);
  const std::string create =
      on_postgresql ? fmt::format("CREATE INDEX CONCURRENTLY ON {{{}}} ({})", quoted_identifier(table.table), name)
                    : fmt::format("CREATE INDEX {} ON {} ({})", quoted_identifier(table.table + "_" + column),
                                  quoted_identifier(table.table), name);
  owned.indexes.push_back({owned.keep(table.table), owned.keep(on_postgresql ? name : column), owned.keep(create)});
}

class Places {
 public:
  Places(SqlFlavour flavour, const TableDescription& table, TableSql& sql, OwnedSystem& owned, OwnedRelation& parts)
      : flavour_(flavour), table_(table), sql_(sql), owned_(owned), parts_(parts) {}

  void add(const std::string& text) {
    const Reference place = sql_.reference(text, true);
    if (place.is_count) throw Error(ErrorKind::usage, "a number is no trace");
    if (place.live->kind == ColumnKind::bytes || place.live->kind == ColumnKind::list)
      throw Error(ErrorKind::usage, fmt::format("a column of type {} cannot be searched", place.live->type));
    if (holds_ids(place) && !named_) {
      named_ = true;
      const std::string_view expression = owned_.keep(sql_.text(place));
      const bool plain = flavour_ == SqlFlavour::sqlite || place.live->kind == ColumnKind::text;
      const std::string_view searched = plain ? owned_.keep(sql_.column(place)) : expression;
      parts_.fields.push_back({SqlField::trace_id, expression});
      parts_.traces.push_back(
          {SqlTraceRule::Kind::trace, searched, plain && place.live->is_indexed ? Lookup::indexed : Lookup::scanned});
      if (plain) add_index(flavour_, table_, place.column, owned_);
      return;
    }
    add_place(place);
  }

 private:
  /// The places of one column are one carrier.
  void add_place(const Reference& place) {
    const std::string document = sql_.column(place);
    const auto known = std::ranges::find(parts_.carriers, document, &SqlCarrier::document);
    const std::size_t index = static_cast<std::size_t>(known - parts_.carriers.begin());
    if (known == parts_.carriers.end()) {
      parts_.places.emplace_back();
      parts_.carriers.push_back({.document = owned_.keep(document)});
    }
    std::vector<SqlCarrierPlace>& places = parts_.places.at(index);
    places.push_back({owned_.keep(place.members), owned_.keep(place.word)});
    parts_.carriers[index].places = places;
  }

  SqlFlavour flavour_;
  const TableDescription& table_;
  TableSql& sql_;
  OwnedSystem& owned_;
  OwnedRelation& parts_;
  bool named_ = false;
};

}  // namespace

void add_traces(SqlFlavour flavour, const TableDescription& table, TableSql& sql, OwnedSystem& owned,
                OwnedRelation& parts, std::vector<ConfigurationProblem>& problems) {
  Places places(flavour, table, sql, owned, parts);
  for (const std::string& text : table.trace)
    collect(problems, table.line, fmt::format("trace '{}'", text), [&] { places.add(text); });
}

}  // namespace queuetrace::described
