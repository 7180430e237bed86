// Everything a command may use, handed in: no globals.
#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "backends/gather.hpp"
#include "formatters/formatter.hpp"
#include "formatters/table_view.hpp"
#include "model/configuration.hpp"
#include "model/page.hpp"
#include "model/source.hpp"
#include "tracing/viewer.hpp"

namespace queuetrace {

/// Where messages for people go: stderr, escaped, silent under --quiet; JSON objects there when the output is JSON.
class Notices {
 public:
  virtual ~Notices() = default;
  virtual void note(const std::string& text) = 0;      ///< dropped by --quiet
  virtual void warning(const std::string& text) = 0;   ///< always shown
  virtual void progress(const std::string& text) = 0;  ///< one live line, on a terminal only, for work over a second
  /// What a question is about and the question itself, on the terminal; nothing is added, not even a line feed.
  virtual void ask(const std::string& text) = 0;
  /// The same in parts, one behind the other, each in its colour where messages have colours.
  virtual void ask_in_color(const std::vector<Phrase>& parts) {
    std::string text;
    for (const Phrase& part : parts) text += part.text;
    ask(text);
  }
};

/// Facts about the terminal and the environment that commands need.
struct Surroundings {
  bool stdout_is_terminal = false;
  bool stdin_is_terminal = false;
  bool can_ask = false;                            ///< stdin and stderr are terminals, and --no-input was not given
  int terminal_rows = 0;                           ///< height of the terminal behind stdout; 0: unknown
  int message_width = 0;                           ///< cells of the terminal behind stderr; 0: none, or unknown
  std::map<std::string, std::string> environment;  ///< the process environment at start
};

class ConfigurationFile;

struct Context {
  const Configuration& configuration;
  std::vector<Source> sources;  ///< selected by --source, the configuration or the environment, in order; may be empty
  Viewers viewers;
  std::string viewer;  ///< --viewer, empty: by source, then by default
  const OutputFormat& format;
  FormatterOptions format_options;
  std::ostream& out;  ///< data only
  std::istream& in;
  Notices& notices;
  ReadLimits limits;
  Surroundings surroundings;
  std::function<Timestamp()> now;
  /// How sources are opened; tests put their own stores here.
  std::function<std::vector<OpenedSource>(const std::vector<Source>&)> open = [](const auto& those) {
    return open_sources(those);
  };
  std::function<OpenedSource(const Source&)> open_to_write = [](const Source& one) { return open_for_writing(one); };
  /// Blocks until a line can be read from `in`; false when the run was asked to stop before.
  std::function<bool()> wait_for_line = [] { return true; };
  std::vector<std::string> arguments = {};       ///< as typed, without the program's name; may hold passwords
  std::shared_ptr<ConfigurationFile> file = {};  ///< the configuration, for commands that change it
  bool format_asked = false;  ///< `format` was named (-o, QUEUETRACE_OUTPUT, the configuration), not chosen by `auto`

  std::unique_ptr<Formatter> formatter() const { return format.make(out, format_options); }
  /// The selected sources. Throws Error{usage} that says how to name one when there is none.
  const std::vector<Source>& required_sources() const;
};

}  // namespace queuetrace
