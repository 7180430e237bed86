#include "commands/report/polling.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <ostream>
#include <sstream>

#include "commands/report/suggestion.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr Milliseconds shortest_interval{1'000};

}  // namespace

Milliseconds polling_interval(const std::string& flag, const std::string& typed) {
  const std::optional<Milliseconds> time = parse_duration(typed);
  if (!time || *time < shortest_interval)
    throw Error(ErrorKind::usage, flag + ": cannot use " + in_quotes(typed))
        .with_hint("write a time of at least 1s, as in 2s or 1m");
  return *time;
}

bool wait_for(Milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any sleeper;
  std::unique_lock<std::mutex> lock(mutex);
  sleeper.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

Milliseconds time_to_next(std::chrono::steady_clock::time_point began, Milliseconds interval) {
  const auto took = std::chrono::ceil<Milliseconds>(std::chrono::steady_clock::now() - began);
  return std::max(interval - took, took);
}

AlternateScreen::AlternateScreen(std::ostream& out) : out_(out) { out_ << "\x1b[?1049h\x1b[?25l" << std::flush; }

AlternateScreen::~AlternateScreen() { out_ << "\x1b[?25h\x1b[?1049l" << std::flush; }

void AlternateScreen::draw(const std::string& text, int rows) {
  std::string screen = "\x1b[H";
  std::istringstream lines(text);
  int row = 0;
  for (std::string line; std::getline(lines, line) && (rows == 0 || row < rows); ++row)
    screen += (row == 0 ? "" : "\r\n") + line + "\x1b[K";
  out_ << screen << "\x1b[J" << std::flush;
}

const OutputFormat& live_format(const Context& context) {
  const bool one_line_a_row =
      context.format.name == "csv" || context.format.name == "tsv" || context.format.name == "name";
  return one_line_a_row ? context.format : *find_output_format("jsonl");
}

}  // namespace queuetrace
