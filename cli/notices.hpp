// Notes, warnings and progress on stderr.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <ostream>
#include <string>
#include <vector>

#include "commands/context.hpp"

namespace queuetrace {

struct NoticeStyle {
  bool json = false;      ///< `{"warning":{"message":"..."}}`, one a line
  bool quiet = false;     ///< no notes, no progress
  bool terminal = false;  ///< stderr is one: progress may be shown, and sentences go on in further lines
  bool color = false;
  /// Cells that a line of the terminal has, 0 when unknown; asked for each message, as windows change.
  std::function<int()> width = {};
  bool moves_cursor = true;  ///< false: there is no progress, which is drawn over
};

/// May be used from several threads. Clears its progress line when it goes, and says what still waits.
class StandardNotices : public Notices {
 public:
  StandardNotices(std::ostream& messages, NoticeStyle style);
  ~StandardNotices() override;
  StandardNotices(const StandardNotices&) = delete;
  StandardNotices& operator=(const StandardNotices&) = delete;

  void note(const std::string& text) override;
  void warning(const std::string& text) override;
  /// Shown from one second after the start on, at most ten times a second, and cut to one line of the terminal: of a
  /// longer one only the last line could be taken back.
  void progress(const std::string& text) override;
  void ask(const std::string& text) override;
  void ask_in_color(const std::vector<Phrase>& parts) override;

  /// From here on notes and warnings wait for release(): before a table they would scroll away.
  void hold() { holding_ = true; }
  /// Says what waited. With a page, all of it at its end, and only the warnings again on stderr by say_again().
  void release(std::ostream* page = nullptr);
  /// Says the warnings once more that release() put on a page, when its reader has left it.
  void say_again();

  /// Removes the progress line, before something else is written to the terminal.
  void clear_progress();

 private:
  struct Notice {
    std::string kind, text;
  };

  std::size_t terminal_width() const;
  void print(const std::string& kind, const std::string& text);
  void write(std::ostream& out, const Notice& notice) const;
  void clear_line();

  std::ostream& messages_;
  NoticeStyle style_;
  std::chrono::steady_clock::time_point next_progress_;
  bool line_shown_ = false;
  bool holding_ = false;
  std::vector<Notice> held_;   ///< since hold()
  std::vector<Notice> paged_;  ///< warnings on a page
  std::mutex mutex_;
};

}  // namespace queuetrace
