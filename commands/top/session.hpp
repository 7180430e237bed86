// What `top` does with keys: views one above the other, what is typed, what is to be run; and what the screen shows.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/top/errand.hpp"
#include "commands/top/key.hpp"
#include "commands/top/reader.hpp"
#include "commands/top/view.hpp"

namespace queuetrace {

/// A line that is being typed, or a question that one key answers.
struct Prompt {
  std::string label;
  std::string typed = {};
  std::function<void(const std::string&)> done;          ///< Enter, or the one key
  std::function<void(const std::string&)> changed = {};  ///< after each key; null: nothing
  bool one_key = false;
};

/// From so many cells on what is selected stands beside the queues, in so many.
inline constexpr int wide_screen = 140, beside_width = 54;

struct SessionOptions {
  bool read_only = false;
  Milliseconds interval{2'000};
};

class Session {
 public:
  Session(const Context& context, const SessionOptions& options);
  /// Stops all readers, and waits for servers that are being asked.
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Takes in new answers. True: there is something new to draw.
  bool take_answers();
  void press(const Key& key);
  /// A status, the view, what is selected, and the keys there are, in so many lines; one line where that is too small.
  std::vector<ScreenLine> draw(std::size_t width, std::size_t height);

  bool ended() const { return ended_; }
  /// What to run in the foreground before going on; each once.
  std::optional<Errand> take_errand();
  /// After an errand: says what was changed last, and looks again.
  void come_back();
  /// Whether a server is being asked: destroying the session would wait for it.
  bool is_asking() const;
  /// Asks every reader to end; returns at once.
  void stop();

 private:
  View& view() { return *views_.back(); }
  const View& view() const { return *views_.back(); }
  Reader& aside();
  void count_problems();
  void take_problems(const Look& findings);
  void ask();
  std::optional<Question> beside_question() const;
  void open(std::unique_ptr<View> view);
  void start_with(ViewKind kind, Scope scope);
  void start_with_next();
  void go_back();
  void enter();
  Scope scope_of_selection() const;

  void browse(const Key& key);
  void press_letter(char letter);
  void press_in_prompt(const Key& key);
  void move(std::ptrdiff_t lines);
  void choose_sort();
  void type_filter();
  void show_job(const std::string& job);
  void show_queue();
  void read_now();
  void change_interval(int step);
  void copy(bool trace);

  void press_change(char letter);
  void change_jobs(const std::string& verb, std::vector<std::string> options);
  void move_jobs();
  void change_pause();
  void retry_queue();
  void type_command();
  void run(const Source* source, std::vector<std::string> words);

  std::string status_line(std::size_t width) const;
  std::string clock_words() const;
  std::string total_words(bool roomy) const;
  std::string views_line(std::size_t width) const;
  std::string sort_words() const;
  std::vector<std::string> waited_for(std::size_t width) const;
  bool is_unread() const;
  std::vector<std::string> trouble(std::size_t width) const;
  std::vector<std::string> about_selection(std::size_t width) const;
  std::string rule(std::size_t width) const;
  std::string message_line(std::size_t width) const;
  std::string key_line(std::size_t width) const;
  std::string nothing_words() const;
  std::string asked_words() const;
  std::vector<ScreenLine> view_lines(std::size_t room);
  std::vector<ScreenLine> with_beside(std::vector<ScreenLine> lines, std::size_t left) const;
  std::vector<ScreenLine> help_lines(std::size_t height) const;

  const Context& context_;
  SessionOptions options_;
  std::string_view ellipsis_;
  std::map<std::string, std::unique_ptr<Reader>> readers_;  ///< by source
  std::unique_ptr<Reader> aside_;                           ///< asks all sources together; made when it is needed
  std::unique_ptr<Reader> doctor_;                          ///< counts the findings once, behind the first screen
  std::vector<std::unique_ptr<View>> views_;                ///< the last one is on the screen
  std::optional<Question> beside_question_;                 ///< of a wide screen: about the selected queue
  std::vector<std::string> beside_;                         ///< its answer
  std::optional<Prompt> prompt_;
  std::optional<Errand> errand_;
  std::string message_;
  std::optional<std::size_t> problems_;                                 ///< findings of the last look of doctor
  std::map<std::string, std::chrono::steady_clock::time_point> heard_;  ///< when each reader answered last
  Timestamp errand_began_{};
  int width_ = 80;
  std::size_t page_ = 10;  ///< rows on the screen
  bool held_ = false, hides_idle_ = false, helps_ = false, ended_ = false;
};

}  // namespace queuetrace
