#include "commands/top/question.hpp"

#include <algorithm>
#include <sstream>

#include "commands/command.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/outcomes.hpp"
#include "formatters/wrapped_text.hpp"

namespace queuetrace {
namespace {

/// Keeps what would be said on standard error.
class KeptNotices final : public Notices {
 public:
  void note(const std::string& text) override { notes.push_back(text); }
  void warning(const std::string& text) override { warnings.push_back(text); }
  void progress(const std::string&) override {}
  void ask(const std::string&) override {}

  std::vector<std::string> notes, warnings;
};

/// Where records go in place of a terminal.
class RecordStream final : public std::ostream {
 public:
  RecordStream() : std::ostream(nullptr) {}
  std::vector<Record> records;
};

class RecordFormatter final : public Formatter {
 public:
  explicit RecordFormatter(RecordStream& stream) : stream_(stream) {}
  void begin(const Heading&) override {}
  void row(const Record& record) override { stream_.records.push_back(record); }
  void end(const Fields&) override {}

 private:
  RecordStream& stream_;
};

/// Called `table`, because the records are those of tables.
constexpr OutputFormat kept_records{"table", "records that are kept", false,
                                    [](std::ostream& out, const FormatterOptions&) -> std::unique_ptr<Formatter> {
                                      return std::make_unique<RecordFormatter>(dynamic_cast<RecordStream&>(out));
                                    }};

Invocation invocation_of(const Question& question) {
  const auto command = std::ranges::find(commands(), question.command, &Command::path);
  if (command == commands().end()) throw Error(ErrorKind::internal, "no command " + question.command);
  CommandForm form = command->form();
  for (const auto& [name, value] : question.options) {
    const auto option = std::ranges::find_if(
        form.options, [&name = name](const BoundOption& one) { return has_name(*one.facts, name); });
    if (option == form.options.end()) throw Error(ErrorKind::internal, question.command + " has no option " + name);
    option->set(value);
  }
  return form.run;
}

FormatterOptions options_for(const Question& question, const Context& context) {
  FormatterOptions options = context.format_options;
  options.terminal = true;
  options.width = question.text_width;
  options.hyperlinks = false;
  options.fields.clear();
  options.now = context.now();
  return options;
}

std::vector<Source> sources_for(const Question& question, const Context& context) {
  std::vector<Source> sources;
  for (const Source& source : context.sources)
    if (question.sources.empty() || std::ranges::find(question.sources, source.name) != question.sources.end())
      sources.push_back(source);
  return sources;
}

/// The question as it would be typed, so that the commands it proposes ask the same sources.
std::vector<std::string> typed_question(const Question& question, const std::vector<Source>& sources,
                                        const Context& context) {
  std::vector<std::string> words;
  std::istringstream path(question.command);
  for (std::string word; path >> word;) words.push_back(word);
  if (!chooses_source(context)) return words;
  for (const Source& source : sources)
    for (const std::string& word : source_words(source, context)) words.push_back(word);
  return words;
}

/// Looking again and again is one operation of a person, not one each time: nothing is exported.
Surroundings quiet_surroundings(const Context& context) {
  Surroundings surroundings = context.surroundings;
  surroundings.can_ask = surroundings.stdin_is_terminal = false;
  std::erase_if(surroundings.environment, [](const auto& variable) { return variable.first.starts_with("OTEL_"); });
  return surroundings;
}

std::string error_text(const Error& error, int width) {
  return wrapped_text(one_line(error), {.width = static_cast<std::size_t>(std::max(0, width))}) + "\n";
}

}  // namespace

Look answer_to(const Question& question, const Context& context,
               const std::function<std::vector<OpenedSource>(const std::vector<Source>&)>& open, std::stop_token stop) {
  Look answer;
  KeptNotices notices;
  RecordStream records;
  std::ostringstream text;
  std::istringstream nothing;
  const bool as_text = question.text_width > 0;
  Surroundings surroundings = quiet_surroundings(context);
  surroundings.stdout_is_terminal = as_text;
  ReadLimits limits = context.limits;
  limits.stop = std::move(stop);
  if (limits.deadline != std::chrono::steady_clock::time_point::max() && limits.statement_timeout)
    limits.deadline = std::chrono::steady_clock::now() + *limits.statement_timeout;
  std::vector<Source> sources = sources_for(question, context);
  std::vector<std::string> typed = typed_question(question, sources, context);
  Context own{.configuration = context.configuration,
              .sources = std::move(sources),
              .viewers = context.viewers,
              .viewer = context.viewer,
              .format = as_text ? *find_output_format("table") : kept_records,
              .format_options = options_for(question, context),
              .out = as_text ? static_cast<std::ostream&>(text) : records,
              .in = nothing,
              .notices = notices,
              .limits = std::move(limits),
              .surroundings = std::move(surroundings),
              .now = context.now,
              .open = open,
              .arguments = std::move(typed)};
  try {
    invocation_of(question)(own);
    answer.records = std::move(records.records);
    answer.text = text.str();
    answer.warnings = std::move(notices.warnings);
    if (as_text && answer.text.empty())
      for (const std::string& note : notices.notes) answer.text += note + "\n";
  } catch (const Error& error) {
    answer.error = error;
    if (as_text) answer.text = error_text(error, question.text_width);
  } catch (const BadValue& bad) {
    answer.error = Error(ErrorKind::internal, question.command + ": " + bad.expected);
  } catch (const std::exception& failure) {
    answer.error = Error(ErrorKind::internal, "unexpected failure").because(Untrusted(failure.what()));
  }
  answer.at = context.now();
  return answer;
}

}  // namespace queuetrace
