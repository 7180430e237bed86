// What formats have in common when they read records: finding fields, --fields, and which fields are identifiers.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formatters/formatter.hpp"
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
  explicit FieldSelection(std::vector<std::string> fields) : fields_(std::move(fields)) {}

  bool all() const { return fields_.empty(); }
  const std::vector<std::string>& names() const { return fields_; }

  /// Throws Error{usage} for a name that neither the columns nor the record has, naming those there are. Without a
  /// record only an unknown name that no record could have (`last` true: no record came) throws.
  void check(std::span<const Column> columns, const Record* record, bool last = false);

  /// Positions of the chosen fields in the record; absent fields give its size. Valid until the next call.
  const std::vector<std::size_t>& positions(const Record& record);

 private:
  std::vector<std::string> fields_;
  std::vector<std::size_t> positions_;
  bool checked_ = false;
};

}  // namespace queuetrace
