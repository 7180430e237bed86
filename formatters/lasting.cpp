#include "formatters/lasting.hpp"

#include "model/lasting.hpp"

namespace queuetrace {

std::string lasting_text(Timestamp since, const CellText& cells) {
  std::string age = cells.age(since);
  return age == "?" ? lasting_since(since, infinite_past) : age;
}

std::string short_pause_text(const Timestamp* since, const CellText& cells) {
  const std::string age = since == nullptr ? "?" : cells.age(*since);
  return age == "?" ? "paused" : "paused " + age.substr(0, age.find_first_of("smhd") + 1);
}

}  // namespace queuetrace
