#include "formatters/record.hpp"

#include <algorithm>
#include <array>

#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::array<std::string_view, 14> identifiers{"ref",          "source",   "system", "queue",  "kind",
                                                       "native_state", "priority", "worker", "tenant", "parents",
                                                       "sample",       "samples",  "name",   "address"};

bool has(std::span<const Column> columns, std::string_view name) {
  return std::any_of(columns.begin(), columns.end(), [&](const Column& column) { return column.field == name; });
}

[[noreturn]] void fail(const std::string& name, std::span<const Column> columns, const Record* record) {
  std::string known;
  if (record != nullptr)
    for (const Field& field : *record) known += " " + field.name;
  for (const Column& column : columns)
    if (record == nullptr || find_value(*record, column.field) == nullptr) known += " " + std::string(column.field);
  throw Error(ErrorKind::usage, "unknown field '" + name + "'").with_hint("known fields:" + known);
}

}  // namespace

const Value* find_value(const Record& record, std::string_view field) {
  for (const Field& candidate : record)
    if (candidate.name == field) return &candidate.value;
  return nullptr;
}

bool is_identifier(std::string_view field) {
  return field.ends_with("id") || std::find(identifiers.begin(), identifiers.end(), field) != identifiers.end();
}

bool is_reference(std::string_view field) {
  return field.ends_with("id") || field == "ref" || field == "parents" || field == "sample" || field == "samples";
}

void FieldSelection::check(std::span<const Column> columns, const Record* record, bool last) {
  if (checked_) return;
  for (const std::string& name : fields_) {
    if (has(columns, name) || (record != nullptr && find_value(*record, name) != nullptr)) continue;
    if (record != nullptr || last) fail(name, columns, record);
    return;  // the first record decides
  }
  checked_ = true;
}

const std::vector<std::size_t>& FieldSelection::positions(const Record& record) {
  positions_.resize(fields_.size(), record.size());
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (positions_[i] < record.size() && record[positions_[i]].name == fields_[i]) continue;
    const auto found =
        std::find_if(record.begin(), record.end(), [&](const Field& field) { return field.name == fields_[i]; });
    positions_[i] = static_cast<std::size_t>(found - record.begin());
  }
  return positions_;
}

}  // namespace queuetrace
