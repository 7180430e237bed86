// The keys of `top`, as its last line and its help say them.
#pragma once

#include <span>
#include <string_view>

#include "commands/top/view.hpp"

namespace queuetrace {

struct KeyHelp {
  std::string_view keys;   ///< `r`
  std::string_view words;  ///< on the last line: `retry`; empty: not there
  std::string_view help;   ///< a sentence without its full stop; empty: told together with others
  std::string_view views;  ///< numbers of the views it is for, `12`; 6: a job, 7: a queue
  bool changes = false;    ///< left out where nothing may be changed
};

/// All keys, those of the last line in its order.
std::span<const KeyHelp> key_help();

/// Whether the key does something in the view.
bool is_for(const KeyHelp& key, ViewKind view);

}  // namespace queuetrace
