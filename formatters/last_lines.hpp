// What stands below everything else that a command says: on a terminal the hint of a table comes after the warnings,
// so that it is the last thing a person reads.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

namespace queuetrace {

/// While it lives, takes what add_last_lines() is given for this stream. One for each stream at a time.
class LastLines {
 public:
  explicit LastLines(std::ostream& stream);
  ~LastLines();
  LastLines(const LastLines&) = delete;
  LastLines& operator=(const LastLines&) = delete;

  /// What was taken since the last time, with a line feed at the end; empty where nothing was.
  std::string take();

 private:
  friend void add_last_lines(std::ostream& stream, std::string_view lines);

  std::ostream& stream_;
  std::string lines_;
};

/// Lines that belong at the end, each with its line feed: kept where somebody takes them for the stream, and written to
/// it at once where nobody does.
void add_last_lines(std::ostream& stream, std::string_view lines);

}  // namespace queuetrace
