#include "commands/change/json_line.hpp"

#include "formatters/json_value.hpp"

namespace queuetrace {

std::string json_line(const Fields& record) {
  static const Redaction nothing({}, false);
  std::string line;
  std::uint64_t hidden = 0;
  append_json_object(line, record, nothing, hidden);
  return line + "\n";
}

}  // namespace queuetrace
