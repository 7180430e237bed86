#include "cli/notices.hpp"

#include <algorithm>
#include <utility>

#include "cli/printable.hpp"
#include "formatters/cell.hpp"
#include "formatters/unicode.hpp"
#include "formatters/wrapped_text.hpp"

namespace queuetrace {

using namespace std::chrono_literals;

StandardNotices::StandardNotices(std::ostream& messages, NoticeStyle style)
    : messages_(messages), style_(style), next_progress_(std::chrono::steady_clock::now() + 1s) {}

StandardNotices::~StandardNotices() {
  clear_progress();
  release();
}

void StandardNotices::note(const std::string& text) {
  if (!style_.quiet) print("note", text);
}

void StandardNotices::warning(const std::string& text) { print("warning", text); }

void StandardNotices::progress(const std::string& text) {
  if (!style_.terminal || !style_.moves_cursor || style_.quiet || style_.json) return;
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now < next_progress_) return;
  next_progress_ = now + 100ms;
  clear_line();
  std::string line = printable_message(text);
  const std::size_t width = terminal_width();
  // One cell stays free: some terminals begin a new line as soon as the last one is filled.
  if (width > 1) line.resize(unicode::head_of_width(line, width - 1).size());
  messages_ << line << std::flush;
  line_shown_ = true;
}

void StandardNotices::ask(const std::string& text) { ask_in_color({{text}}); }

void StandardNotices::ask_in_color(const std::vector<Phrase>& parts) {
  const std::lock_guard lock(mutex_);
  clear_line();
  for (const auto& [text, color] : parts) {
    for (std::size_t begin = 0; begin <= text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      const std::string line = printable_message(std::string_view(text).substr(begin, end - begin));
      messages_ << (style_.color && !color.empty() ? painted(line, color) : line);
      if (end < text.size()) messages_ << '\n';
      begin = end + 1;
    }
  }
  messages_.flush();
}

void StandardNotices::clear_progress() {
  const std::lock_guard lock(mutex_);
  clear_line();
  messages_.flush();
}

void StandardNotices::clear_line() {
  if (line_shown_) messages_ << "\r\x1b[K";
  line_shown_ = false;
}

std::size_t StandardNotices::terminal_width() const {
  return style_.terminal && style_.width ? static_cast<std::size_t>(std::max(0, style_.width())) : 0;
}

void StandardNotices::print(const std::string& kind, const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (holding_) {
    held_.push_back({kind, text});
    return;
  }
  clear_line();
  write(messages_, {kind, text});
}

void StandardNotices::release(std::ostream* page) {
  std::vector<Notice> waiting;
  {
    const std::lock_guard lock(mutex_);
    holding_ = false;
    clear_line();
    waiting = std::exchange(held_, {});
  }
  for (Notice& notice : waiting) {  // without the lock: writing to the page clears the progress line
    write(page != nullptr ? *page : messages_, notice);
    if (page != nullptr && notice.kind == "warning") paged_.push_back(std::move(notice));
  }
}

void StandardNotices::say_again() {
  const std::lock_guard lock(mutex_);
  for (const Notice& notice : paged_) write(messages_, notice);
  paged_.clear();
}

void StandardNotices::write(std::ostream& out, const Notice& notice) const {
  const auto& [kind, text] = notice;
  if (style_.json) {
    out << "{\"" << kind << "\":{\"message\":" << json_message(text) << "}}\n";
  } else {
    const bool colored = style_.color && kind == "warning";
    out << (colored ? "\x1b[33m" : "") << kind << (colored ? ":\x1b[0m " : ": ")
        << wrapped_text(printable_message(text), {.width = terminal_width(), .indent = kind.size() + 2}) << '\n';
  }
  out.flush();
}

}  // namespace queuetrace
