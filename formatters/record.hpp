// What formats have in common when they read records: finding fields, --fields, and which fields are identifiers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formatters/formatter.hpp"
#include "formatters/redaction.hpp"
#include "model/value.hpp"

namespace queuetrace {

/// The value of a field, null when the record has no such field.
const Value* find_value(const Record& record, std::string_view field);

inline bool is_known(const Value& value) { return value.index() != 0; }

/// Whether a field holds an identifier or name (`id`, `trace_id`, `queue`, ...) and not free text: identifiers are
/// shown by the `ident` profile and never redacted.
bool is_identifier(std::string_view field);

/// Whether a field holds something to be pasted back (`ref`, `id`, `trace_id`, `parents`, ...): never cut.
bool is_reference(std::string_view field);

/// The fields to print, resolved by name once for records of the same shape.
class FieldSelection {
 public:
  explicit FieldSelection(std::vector<std::string> fields, const Redaction& redaction = Redaction());

  bool all() const { return fields_.empty(); }
  const std::vector<std::string>& names() const { return fields_; }

  /// Throws FieldNames for `help` alone, and Error{usage} for a name that neither the columns nor the record has,
  /// naming those there are. Without a record only an unknown name that no record could have (`last` true: no record
  /// came) throws.
  void check(std::span<const Column> columns, const Record* record, bool last = false);

  /// The record, with a field added for each chosen `extra.name` or `payload.items.0.name`: the value that the parts of
  /// the name lead to (payload_part.hpp), `***` where a part is a key to be hidden, unknown where nothing is there.
  /// Costs a copy, and only with such names. Throws Error{usage} for a field that has no parts.
  /// Valid until the next call.
  const Record& with_parts(const Record& record);
  /// Values that with_parts() hid.
  std::uint64_t hidden() const { return hidden_; }

  /// Positions of the chosen fields in the record; absent fields give its size. Valid until the next call.
  const std::vector<std::size_t>& positions(const Record& record);

 private:
  std::vector<std::string> fields_;
  std::vector<std::size_t> positions_;
  Redaction redaction_;
  Record with_parts_;
  std::uint64_t hidden_ = 0;
  bool has_paths_ = false;
  bool checked_ = false;
};

}  // namespace queuetrace
