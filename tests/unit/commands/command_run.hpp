// Runs a command as the program does, from its words to its records, against stores in memory.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "model/error.hpp"
#include "tests/support/memory_administration.hpp"

namespace queuetrace::testing {

/// A command by its path in the catalogue, or one that a test makes.
class CommandUnderTest {
 public:
  CommandUnderTest(const char* path);
  CommandUnderTest(std::function<CommandForm()> form) : form_(std::move(form)) {}

  CommandForm form() const { return form_(); }

 private:
  std::function<CommandForm()> form_;
};

/// The moment every test happens at: 2026-01-02T03:04:05Z.
Timestamp test_now();

/// Parses `arguments` (without the command's own name) as the program does. Throws Error{usage}.
Invocation parse(const CommandUnderTest& command, const std::vector<std::string>& arguments);

/// Keeps what is said on stderr.
class RecordedNotices : public Notices {
 public:
  void note(const std::string& text) override { notes.push_back(text); }
  void warning(const std::string& text) override { warnings.push_back(text); }
  void progress(const std::string&) override {}
  void ask(const std::string& text) override { asked += text; }

  std::vector<std::string> notes;
  std::vector<std::string> warnings;
  std::string asked;
};

/// A run of one command. The format writes documents down as lines, exactly: `begin SCHEMA KEY list|detail`, one
/// `row name=value ...` a record, `end name=value ...`; unknown values are left out, nested ones are in {} and [].
class Run {
 public:
  /// Adds a selected source with one store; returns its data.
  std::shared_ptr<MemoryStoreData> add_source(const std::string& name);
  /// Adds a selected source that does not open.
  void add_failing_source(const std::string& name, const Error& error);
  /// Says more of the source added last.
  void describe_last(const std::function<void(Source&)>& describe);
  /// What the administration of every source does; set before a run.
  std::shared_ptr<MemoryAdministrationData> administration = std::make_shared<MemoryAdministrationData>();
  /// Takes the source added last out of the selection; it stays configured.
  void unselect_last();

  ExitCode run(const CommandUnderTest& command, const std::vector<std::string>& arguments);
  /// The error that ends the run, as `KIND: message | hint`; `no error` when there is none.
  std::string failure(const CommandUnderTest& command, const std::vector<std::string>& arguments);

  Configuration configuration;
  std::string viewer;
  std::vector<std::string> fields{"ref", "state"};  ///< of the rows
  std::vector<std::string> closing{"truncated"};    ///< of the end; `*`: all
  bool terminal = false;
  bool can_ask = false;            ///< questions are answered from `input`
  std::vector<std::string> typed;  ///< Context::arguments; empty: as they are given
  bool machine = true;             ///< whether the format is of the JSON family
  std::string_view format_name = "json";
  bool format_asked = false;
  std::string input;
  std::map<std::string, std::string> environment;
  std::stop_source stop;
  std::optional<Milliseconds> timeout;  ///< --timeout

  // After a run:
  RecordedNotices notices;
  std::string output;
  std::vector<std::string> opened;  ///< names of the sources that were asked to open, in order

 private:
  struct Given {
    std::string name;
    std::shared_ptr<MemoryStoreData> store;
    std::optional<Error> error;
  };
  std::vector<OpenedSource> open(const std::vector<Source>& sources);
  OpenedSource open_to_write(const Source& source);

  std::vector<Given> given_;
  std::vector<Source> selected_;
};

/// A job as most tests need it, created `minutes` before the test's moment.
Job test_job(const std::string& id, JobState state = JobState::pending, const std::string& queue = "email",
             int minutes = 0);

/// The same with a trace id, and its status as classified.
Job traced_job(const std::string& id, const std::string& trace_id, int minutes = 0);

}  // namespace queuetrace::testing
