// Where a listing over jobs and their outcomes (joined_store.hpp) has come to.
#pragma once

#include <optional>
#include <string>

#include "model/error.hpp"

namespace queuetrace {

/// A cursor of one of the two parts: `j` or `o`, and the part's own cursor, which is absent at its beginning.
struct JoinedCursor {
  bool outcomes = false;
  std::optional<std::string> after;
};

/// Throws Error{usage} for a text that is none of ours.
inline JoinedCursor read_joined_cursor(const std::optional<std::string>& text) {
  if (!text) return {};
  if (text->empty() || (text->front() != 'j' && text->front() != 'o'))
    throw Error(ErrorKind::usage, "this cursor does not belong to this source and filter");
  JoinedCursor cursor{text->front() == 'o', text->substr(1)};
  if (cursor.after->empty()) cursor.after.reset();
  return cursor;
}

/// The cursor behind a page of one part whose own cursor is `next`; absent: nothing follows. `stopped`: the page ended
/// at a limit, so nothing follows it.
inline std::optional<std::string> next_joined(const JoinedCursor& at, const std::optional<std::string>& next,
                                              bool stopped) {
  if (next) return (at.outcomes ? "o" : "j") + *next;
  return at.outcomes || stopped ? std::nullopt : std::optional<std::string>("o");
}

}  // namespace queuetrace
