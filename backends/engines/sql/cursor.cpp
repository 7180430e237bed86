#include "backends/engines/sql/cursor.hpp"

#include <nlohmann/json.hpp>

#include "model/error.hpp"

namespace queuetrace {

std::string write_cursor(const Position& position) {
  nlohmann::json list = nlohmann::json::array({position.relation});
  for (const std::string& key : position.keys) list.push_back(key);
  return list.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

Position read_cursor(const std::string& text, std::size_t keys, std::size_t relations) {
  const nlohmann::json list = nlohmann::json::parse(text, nullptr, false);
  const bool sound =
      list.is_array() && !list.empty() && list[0].is_number_unsigned() && (list.size() == 1 || list.size() == keys + 1);
  Position position;
  bool good = sound && (position.relation = list[0].get<std::size_t>()) < relations;
  for (std::size_t i = 1; good && i < list.size(); ++i) {
    good = list[i].is_string();
    if (good) position.keys.push_back(list[i].get<std::string>());
  }
  if (!good) throw Error(ErrorKind::usage, "this cursor does not belong to this listing");
  return position;
}

}  // namespace queuetrace
