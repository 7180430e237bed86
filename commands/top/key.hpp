// A key as a person presses it.
#pragma once

namespace queuetrace {

struct Key {
  enum class Kind {
    none,  ///< nothing was pressed in time
    character,
    enter,
    escape,
    backspace,
    tab,
    up,
    down,
    left,
    right,
    page_up,
    page_down,
    home,
    end,
    resize  ///< the terminal has another size now
  } kind = Kind::none;
  char32_t character = 0;  ///< of Kind::character
};

}  // namespace queuetrace
