#include "backends/engines/sql/kept_value.hpp"

#include <fmt/format.h>

#include <charconv>

#include "backends/engines/sql/flavour.hpp"

namespace queuetrace {
namespace {

std::optional<std::string> bytes_of_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned byte = 0;
    const char* const last = digits.data() + i + 2;
    const auto [end, problem] = std::from_chars(digits.data() + i, last, byte, 16);
    if (problem != std::errc() || end != last) return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

}  // namespace

std::string kept_value(SqlFlavour flavour, std::string_view expression) {
  if (flavour == SqlFlavour::postgresql) return as_text(flavour, expression);
  // quote() writes numbers so that they are read back as they were.
  return fmt::format(
      "CASE typeof({0}) WHEN 'null' THEN NULL WHEN 'integer' THEN 'i' || {0} WHEN 'real' THEN 'r' || quote({0}) WHEN "
      "'blob' THEN 'b' || hex({0}) ELSE 't' || {0} END",
      expression);
}

std::optional<KeptParameter> to_be_put_back(SqlFlavour flavour, std::optional<std::string> kept,
                                            std::string_view placeholder) {
  if (flavour == SqlFlavour::postgresql || !kept) return KeptParameter{std::string(placeholder), std::move(kept)};
  if (kept->empty()) return std::nullopt;
  const char type = kept->front();
  std::string rest = *std::move(kept);
  rest.erase(0, 1);
  switch (type) {
    case 't': return KeptParameter{std::string(placeholder), std::move(rest)};
    case 'i': return KeptParameter{fmt::format("CAST({} AS INTEGER)", placeholder), std::move(rest)};
    case 'r':
      if (const std::size_t infinite = rest.find("Inf"); infinite != std::string::npos)
        rest.replace(infinite, 3, "9e999");  // quote() writes what a cast does not read
      return KeptParameter{fmt::format("CAST({} AS REAL)", placeholder), std::move(rest)};
    case 'b': {
      std::optional<std::string> bytes = bytes_of_hex(rest);
      if (!bytes) return std::nullopt;
      return KeptParameter{fmt::format("CAST({} AS BLOB)", placeholder), std::move(bytes)};
    }
    default: return std::nullopt;
  }
}

}  // namespace queuetrace
