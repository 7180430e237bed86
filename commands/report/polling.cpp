#include "commands/report/polling.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <ostream>
#include <sstream>
#include <vector>

#include "commands/report/suggestion.hpp"
#include "commands/report/terminal_kind.hpp"
#include "model/count_words.hpp"
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

LiveScreen::LiveScreen(const Context& context)
    : out_(context.out),
      rows_(context.surroundings.terminal_rows),
      moves_(moves_cursor(context.surroundings.environment)) {
  if (moves_) out_ << "\x1b[?1049h\x1b[?25l" << std::flush;
}

LiveScreen::~LiveScreen() {
  if (moves_) out_ << "\x1b[?25h\x1b[?1049l" << std::flush;
}

void LiveScreen::draw(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(std::move(line));
  if (!moves_) {
    if (drawn_) out_ << '\n';
    drawn_ = true;
    for (const std::string& line : lines) out_ << line << '\n';
    out_ << std::flush;
    return;
  }
  if (const auto rows = static_cast<std::size_t>(rows_); rows > 1 && lines.size() > rows) {
    const std::size_t left_out = lines.size() - (rows - 1);
    lines.resize(rows - 1);
    lines.push_back("... " + grouped(left_out) + " more lines");
  }
  std::string screen = "\x1b[H";
  for (std::size_t row = 0; row < lines.size(); ++row) screen += (row == 0 ? "" : "\r\n") + lines[row] + "\x1b[K";
  out_ << screen << "\x1b[J" << std::flush;
}

const OutputFormat& live_format(const Context& context) {
  const bool one_line_a_row =
      context.format.name == "csv" || context.format.name == "tsv" || context.format.name == "name";
  return one_line_a_row ? context.format : *find_output_format("jsonl");
}

}  // namespace queuetrace
