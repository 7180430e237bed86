#include "backends/capture_indexes.hpp"

#include <variant>

namespace queuetrace {
namespace {

using capture_schema::partial_indexes;

/// NULL, or 0 where the column says yes or no.
bool is_left_out(const SqliteValue& value) {
  const auto* number = std::get_if<std::int64_t>(&value);
  return std::holds_alternative<std::monostate>(value) || (number != nullptr && *number == 0);
}

}  // namespace

CaptureIndexes::CaptureIndexes(SqliteWriter& writer) : writer_(writer) {
  for (std::size_t i = 0; i < partial_indexes.size(); ++i) {
    writer_.execute(partial_indexes[i].create);
    is_made_[i] = true;
  }
}

void CaptureIndexes::put_off(std::size_t index) {
  writer_.execute(partial_indexes[index].drop);
  is_made_[index] = false;
}

void CaptureIndexes::expect(const SqliteValue* values) {
  for (std::size_t i = 0; i < partial_indexes.size(); ++i)
    if (is_made_[i] && !is_left_out(values[partial_indexes[i].column])) put_off(i);
}

void CaptureIndexes::expect_column(std::size_t column) {
  for (std::size_t i = 0; i < partial_indexes.size(); ++i)
    if (is_made_[i] && partial_indexes[i].column == column) put_off(i);
}

void CaptureIndexes::finish() {
  writer_.execute(capture_schema::indexes);
  for (std::size_t i = 0; i < partial_indexes.size(); ++i)
    if (!is_made_[i]) writer_.execute(partial_indexes[i].create);
}

}  // namespace queuetrace
