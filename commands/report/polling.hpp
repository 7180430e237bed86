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

/// Where looks are drawn one after the other: on the other screen of the terminal, without cursor, back to the first
/// one at the end; or, on a terminal that cannot move its cursor (TERM empty or `dumb`), as blocks below each other.
class LiveScreen {
 public:
  explicit LiveScreen(const Context& context);
  ~LiveScreen();
  LiveScreen(const LiveScreen&) = delete;
  LiveScreen& operator=(const LiveScreen&) = delete;

  /// Draws over what is there, line by line, so that nothing flickers. What is higher than the terminal ends with how
  /// many lines are left out.
  void draw(const std::string& text);

 private:
  std::ostream& out_;
  int rows_;  ///< height; 0: unknown
  bool moves_;
  bool drawn_ = false;
};

/// The format of live output in a pipe: the chosen one where it prints one record per line, JSON lines otherwise.
const OutputFormat& live_format(const Context& context);

}  // namespace queuetrace
