// What commands share that look again and again (`--watch`, `wait`): the time between two looks, the screen they are
// drawn on, the format of a pipe.
#pragma once

#include <chrono>
#include <iosfwd>
#include <stop_token>
#include <string>

#include "commands/context.hpp"

namespace queuetrace {

/// The time a flag gives between two looks. Throws Error{usage} for none, and for less than a second.
Milliseconds polling_interval(const std::string& flag, const std::string& typed);

/// Waits; false when told to stop meanwhile.
bool wait_for(Milliseconds time, const std::stop_token& stop);

/// How long until the next look is due: `interval` after the last one began, and at least as long as that one took, so
/// that a slow store is asked half of the time at most.
Milliseconds time_to_next(std::chrono::steady_clock::time_point began, Milliseconds interval);

/// The other screen of the terminal, without cursor; back to the first one at the end.
class AlternateScreen {
 public:
  explicit AlternateScreen(std::ostream& out);
  ~AlternateScreen();
  AlternateScreen(const AlternateScreen&) = delete;
  AlternateScreen& operator=(const AlternateScreen&) = delete;

  /// Draws over what is there, line by line, so that nothing flickers. `rows`: height, 0: unknown.
  void draw(const std::string& text, int rows);

 private:
  std::ostream& out_;
};

/// The format of live output in a pipe: the chosen one where it prints one record per line, JSON lines otherwise.
const OutputFormat& live_format(const Context& context);

}  // namespace queuetrace
