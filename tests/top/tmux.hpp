// A program on the screen of a terminal that can be looked at: tmux in a private socket, without anybody's settings.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace queuetrace::test {

class Tmux {
 public:
  /// Starts `arguments[0]` (a path) with exactly this environment and what tmux adds to it (TERM, TMUX), on a terminal
  /// of its own. `folder`: for the socket, its path is short. Throws std::runtime_error where tmux does not start.
  Tmux(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
       const std::map<std::string, std::string>& environment, int width, int height);
  /// Kills what still runs.
  ~Tmux();
  Tmux(const Tmux&) = delete;
  Tmux& operator=(const Tmux&) = delete;

  /// Keys as tmux names them (`Enter`, `Escape`, `C-c`), other words letter by letter.
  void press(const std::vector<std::string>& keys);
  void resize(int width, int height);
  /// The lines of the screen without blanks at their ends, once it holds `text` (`at_end`: in its last line that is not
  /// blank) and stands still; at the latest after one minute, whatever it holds then.
  std::string screen_with(const std::string& text, bool at_end = false);
  /// The screen once it is `awaited`; at the latest after one minute, whatever it holds then.
  std::string screen_when(const std::function<bool(const std::string&)>& awaited);
  /// Waits for the end of the program; -1 when it has not ended after one minute.
  int exit_code();

 private:
  std::string ask(std::vector<std::string> words) const;

  std::filesystem::path folder_;
};

}  // namespace queuetrace::test
