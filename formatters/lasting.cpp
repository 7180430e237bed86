#include "formatters/lasting.hpp"

#include "model/lasting.hpp"

namespace queuetrace {

std::string lasting_text(Timestamp since, const CellText& cells) {
  std::string age = cells.age(since);
  return age == "?" ? lasting_since(since, infinite_past) : age;
}

}  // namespace queuetrace
