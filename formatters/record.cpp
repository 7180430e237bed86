#include "formatters/record.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "formatters/payload_part.hpp"
#include "model/closest_word.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::array<std::string_view, 14> identifiers{"ref",          "source",   "system", "queue",  "kind",
                                                       "native_state", "priority", "worker", "tenant", "parents",
                                                       "sample",       "samples",  "name",   "address"};

bool has(std::span<const Column> columns, std::string_view name) {
  return std::any_of(columns.begin(), columns.end(), [&](const Column& column) { return column.field == name; });
}

/// Payloads are JSON where they can be, and otherwise text without parts.
bool may_be_text(std::string_view field) { return field == "payload" || field == "result"; }

bool has_parts(const Value& value) {
  return std::holds_alternative<Fields>(value) || std::holds_alternative<Values>(value) ||
         std::holds_alternative<JsonText>(value);
}

[[noreturn]] void fail(const std::string& name, std::span<const Column> columns, const Record* record) {
  std::vector<std::string> known;
  if (record != nullptr)
    for (const Field& field : *record)
      if (field.name.find('.') == std::string::npos) known.push_back(field.name);  // not what was asked for itself
  for (const Column& column : columns)
    if (record == nullptr || find_value(*record, column.field) == nullptr) known.emplace_back(column.field);
  std::string hint;
  const std::size_t dot = std::min(name.find('.'), name.size());
  if (const std::optional<std::string> meant = closest_word(name.substr(0, dot), known)) {
    const Value* value = record == nullptr ? nullptr : find_value(*record, *meant);
    const bool whole = may_be_text(*meant) || (value != nullptr && has_parts(*value));
    hint = "did you mean '" + *meant + (whole ? name.substr(dot) : "") + "'? ";
  }
  hint += "known fields:";
  for (const std::string& one : known) hint += " " + one;
  throw Error(ErrorKind::usage, "unknown field '" + name + "'").with_hint(hint);
}

/// The value that a dotted name leads to.
Value part_named(const Record& record, const std::string& name, const Redaction& redaction, bool& hides) {
  const std::size_t dot = name.find('.');
  const std::string field = name.substr(0, dot);
  const Value* value = find_value(record, field);
  if (value == nullptr || !is_known(*value)) return {};
  if (!has_parts(*value) && !may_be_text(field))
    throw Error(ErrorKind::usage, "field '" + field + "' has no parts to choose")
        .with_hint("only objects and lists have, as in extra.NAME, payload.items.0.NAME");
  return part_of(*value, std::string_view(name).substr(dot + 1), redaction, hides);
}

}  // namespace

const Value* find_value(const Record& record, std::string_view field) {
  for (const Field& candidate : record)
    if (candidate.name == field) return &candidate.value;
  return nullptr;
}

bool is_identifier(std::string_view field) {
  if (field.find('.') != std::string_view::npos) return false;  // a part of a field, such as extra.order_id
  return field.ends_with("id") || std::find(identifiers.begin(), identifiers.end(), field) != identifiers.end();
}

bool is_reference(std::string_view field) {
  if (field.find('.') != std::string_view::npos) return false;
  return field.ends_with("id") || field == "ref" || field == "parents" || field == "sample" || field == "samples";
}

FieldSelection::FieldSelection(std::vector<std::string> fields, const Redaction& redaction)
    : fields_(std::move(fields)), redaction_(redaction) {
  for (const std::string& name : fields_) has_paths_ = has_paths_ || name.find('.') != std::string::npos;
}

const Record& FieldSelection::with_parts(const Record& record) {
  if (!has_paths_) return record;
  with_parts_ = record;
  for (const std::string& name : fields_) {
    if (name.find('.') == std::string::npos) continue;
    bool hides = false;
    Value value = part_named(record, name, redaction_, hides);
    if (hides) ++hidden_;
    with_parts_.push_back({name, std::move(value)});
  }
  return with_parts_;
}

void FieldSelection::check(std::span<const Column> columns, const Record* record, bool last) {
  if (checked_) return;
  if (fields_ == std::vector<std::string>{"help"} && !has(columns, "help")) {
    FieldNames known;
    for (const Column& column : columns) known.names.emplace_back(column.field);
    throw known;
  }
  for (const std::string& name : fields_) {
    const std::string field = name.substr(0, name.find('.'));
    if (has(columns, field) || (record != nullptr && find_value(*record, field) != nullptr)) continue;
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
