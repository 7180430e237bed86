#include "cli/run.hpp"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <ostream>

#include "cli/app.hpp"
#include "cli/argument_secrets.hpp"
#include "cli/completion.hpp"
#include "cli/config.hpp"
#include "cli/config_file.hpp"
#include "cli/context.hpp"
#include "cli/jq_output.hpp"
#include "cli/output_choice.hpp"
#include "cli/report_error.hpp"
#include "cli/signals.hpp"
#include "cli/terminal.hpp"
#include "commands/report/terminal_kind.hpp"
#include "formatters/last_lines.hpp"

namespace queuetrace {
namespace {

/// While it lives, output does not run into a progress line on the same terminal.
class ProgressGuard {
 public:
  ProgressGuard(StandardOutput& output, StandardNotices& notices) : output_(output) {
    output_.before_writing([&notices] { notices.clear_progress(); });
  }
  ~ProgressGuard() { output_.before_writing({}); }
  ProgressGuard(const ProgressGuard&) = delete;
  ProgressGuard& operator=(const ProgressGuard&) = delete;

 private:
  StandardOutput& output_;
};

/// What a run holds open until its end.
class Run {
 public:
  Run(const std::vector<std::string>& arguments, const Environment& environment)
      : arguments_(arguments),
        environment_(environment),
        out_is_terminal_(::isatty(STDOUT_FILENO) == 1),
        messages_is_terminal_(::isatty(STDERR_FILENO) == 1),
        json_(wants_json(arguments, environment, out_is_terminal_)) {
    out_.exceptions(std::ios::badbit);
  }

  int execute() {
    try {
      const int code = answer();
      output_.finish();
      return code;
    } catch (const FieldNames& known) {
      return list_fields(known);
    } catch (const OutputClosed&) {
      return static_cast<int>(ExitCode::done);
    } catch (const Error& error) {
      return failed(error);
    } catch (const std::exception& error) {
      return failed(Error(ErrorKind::internal, "unexpected failure").because(Untrusted(error.what())));
    }
  }

 private:
  /// Answers `--fields help`.
  int list_fields(const FieldNames& known) {
    try {
      for (const std::string& name : known.names) out_ << name << '\n';
      output_.finish();
    } catch (const OutputClosed&) {
      return static_cast<int>(ExitCode::done);
    } catch (const Error& error) {
      return failed(error);
    }
    return static_cast<int>(ExitCode::done);
  }

  int failed(const Error& error) {
    try {
      output_.finish();  // what was printed before stays
    } catch (...) {      // NOLINT(bugprone-empty-catch): the first error is the one to tell
    }
    if (signal_ != 0) return 128 + signal_;
    report_error(std::cerr, error, {json_, message_color(), message_width()});
    return static_cast<int>(exit_code_of(error.kind()));
  }

  bool message_color() const { return use_color(color_, environment_, messages_is_terminal_); }
  int message_width() const { return messages_is_terminal_ ? terminal_size(STDERR_FILENO, environment_).width : 0; }

  int answer() {
    if (!arguments_.empty() && arguments_.front() == "__complete") {
      print_completions(std::vector<std::string>(arguments_.begin() + 1, arguments_.end()), environment_, out_);
      std::_Exit(static_cast<int>(ExitCode::done));  // threads that a silent source holds are left behind
    }
    const ParsedArguments parsed = parse(arguments_);
    if (parsed.text) {
      out_ << *parsed.text;
      return static_cast<int>(ExitCode::done);
    }
    color_ = parsed.options.color;
    return run_command(parsed);
  }

  int run_command(const ParsedArguments& parsed) {
    const Setup setup = parsed.command->setup;
    if (parsed.options.jq) jq_ = std::make_unique<JqOutput>(*parsed.options.jq, out_, out_is_terminal_);
    std::ostream shown(jq_ ? static_cast<std::streambuf*>(jq_.get()) : &output_);
    shown.exceptions(std::ios::badbit);
    std::unique_ptr<SignalWatch> signals;  // made first: threads started later inherit its mask
    if (parsed.command->effect != Effect::local)
      signals =
          std::make_unique<SignalWatch>(parsed.command->effect == Effect::writes ? SignalWatch::Patience::endless
                                                                                 : SignalWatch::Patience::one_second);
    if (setup != Setup::nothing) protect_memory();
    const Configuration configuration = setup == Setup::nothing
                                            ? default_configuration()
                                            : load_configuration(parsed.options.configuration_file, environment_);
    if (!configuration.problems.empty() && setup != Setup::file) throw problems_error(configuration);
    json_ = select_format(parsed.options, *parsed.command, configuration, environment_, out_is_terminal_).machine;
    StandardNotices notices(std::cerr, {json_, parsed.options.quiet, messages_is_terminal_, message_color(),
                                        [this] { return message_width(); }, moves_cursor(environment_)});
    const ProgressGuard guard(output_, notices);
    const Streams streams{
        shown, std::cerr, std::cin, out_is_terminal_, messages_is_terminal_, ::isatty(STDIN_FILENO) == 1};
    Context context = make_context(parsed, configuration, environment_, streams, notices,
                                   signals ? signals->stop() : std::stop_token());
    if (parsed.options.verbose)
      tell_setup(context,
                 setup == Setup::nothing ? unread_file(parsed) : File{configuration.path, configuration.found});
    if (!parsed.live)
      output_.page(make_paging(parsed.options, context, notices));  // a pager would hold live output back
    // Whoever is asked something is told everything before; otherwise what is said stands below what is shown.
    const bool once_for_people = out_is_terminal_ && !parsed.live;
    if (once_for_people && messages_is_terminal_ && !json_ && parsed.command->effect == Effect::reads) notices.hold();
    std::optional<LastLines> hints;
    if (once_for_people) hints.emplace(shown);
    const auto begin = std::chrono::steady_clock::now();
    try {
      ExitCode code = parsed.invocation(context);
      if (signals && signals->received() != 0) signal_ = signals->received();
      shown.flush();
      if (jq_) jq_->finish();
      if (output_.is_paged()) {
        notices.release(&out_);
        print(hints);
      }
      output_.finish();
      notices.release();
      notices.say_again();
      if (parsed.options.verbose)
        notices.note("took " +
                     to_human(std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - begin)));
      print(hints);
      output_.finish();
      return signal_ != 0 ? 128 + signal_ : static_cast<int>(code);
    } catch (...) {
      if (signals) signal_ = signals->received();
      try {
        print(hints);
      } catch (...) {  // NOLINT(bugprone-empty-catch): the first error is the one to tell
      }
      throw;
    }
  }

  /// The hints that were kept for the end.
  void print(std::optional<LastLines>& hints) {
    if (!hints) return;
    out_ << hints->take();
  }

  struct File {
    std::filesystem::path path;
    bool found;
  };

  /// The configuration that other commands would read.
  File unread_file(const ParsedArguments& parsed) const {
    const std::filesystem::path path = configuration_path(parsed.options.configuration_file, environment_);
    std::error_code error;
    return {path, std::filesystem::exists(path, error)};
  }

  static void tell_setup(Context& context, const File& file) {
    context.notices.note("configuration: " + (file.path.empty()
                                                  ? std::string("none: HOME is not set")
                                                  : file.path.string() + (file.found ? "" : " (not found)")));
    for (const Source& source : context.sources)
      context.notices.note("source: " + source.name + " from " + source.origin);
  }

  const std::vector<std::string>& arguments_;
  const Environment& environment_;
  bool out_is_terminal_;
  bool messages_is_terminal_;
  bool json_;
  Choice color_ = Choice::automatic;
  int signal_ = 0;
  StandardOutput output_{STDOUT_FILENO};
  std::ostream out_{&output_};
  std::unique_ptr<JqOutput> jq_;  ///< between the command and `out_`
};

}  // namespace

Environment process_environment() {
  Environment environment;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos && equals > 0) environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

int run(const std::vector<std::string>& arguments, const Environment& environment) {
  ::signal(SIGPIPE, SIG_IGN);  // a closed reader is an error of write(), told by StandardOutput
  ::signal(SIGXFSZ, SIG_IGN);  // so is a file that may not grow further
  return Run(arguments, environment).execute();
}

}  // namespace queuetrace
