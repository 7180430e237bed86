#include "tests/unit/commands/command_run.hpp"

#include <algorithm>
#include <sstream>

#include "cli/options/parser.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace::testing {
namespace {

std::string to_text(const Value& value);

std::string to_text(const Fields& fields) {
  std::string text;
  for (const Field& field : fields)
    if (field.value.index() != 0) text += (text.empty() ? "" : " ") + field.name + "=" + to_text(field.value);
  return text;
}

std::string to_text(const Value& value) {
  struct Visitor {
    std::string operator()(std::monostate) const { return "-"; }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return std::to_string(number); }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const Untrusted& text) const { return text.raw(); }
    std::string operator()(Timestamp time) const { return to_rfc3339(time); }
    std::string operator()(Milliseconds duration) const { return std::to_string(duration.count()) + "ms"; }
    std::string operator()(const JsonText& json) const { return json.text.raw(); }
    std::string operator()(const Fields& fields) const { return "{" + to_text(fields) + "}"; }
    std::string operator()(const Values& values) const {
      std::string text;
      for (const Value& one : values) text += (text.empty() ? "" : ", ") + to_text(one);
      return "[" + text + "]";
    }
  };
  using Variant = std::variant<std::monostate, bool, std::int64_t, double, std::string, Untrusted, Timestamp,
                               Milliseconds, JsonText, Values, Fields>;
  return std::visit(Visitor{}, static_cast<const Variant&>(value));
}

Fields chosen(const Fields& fields, const std::vector<std::string>& names) {
  Fields result;
  for (const std::string& name : names)
    for (const Field& field : fields)
      if (field.name == name || name == "*") result.push_back(field);
  return result;
}

/// Writes documents down as lines. Which fields: FormatterOptions::fields for rows, FormatterOptions::redact (of no use
/// here otherwise) for the end.
class LineFormatter : public Formatter {
 public:
  LineFormatter(std::ostream& out, const FormatterOptions& options) : out_(out), options_(options) {}

  void begin(const Heading& heading) override {
    out_ << "begin " << heading.schema << ' ' << heading.list_key << ' '
         << (heading.layout == Heading::Layout::list ? "list" : "detail") << '\n';
  }
  void row(const Record& record) override { out_ << "row " << to_text(chosen(record, options_.fields)) << '\n'; }
  void end(const Fields& summary) override { out_ << "end " << to_text(chosen(summary, options_.redact)) << '\n'; }

 private:
  std::ostream& out_;
  FormatterOptions options_;
};

std::unique_ptr<Formatter> make_line_formatter(std::ostream& out, const FormatterOptions& options) {
  return std::make_unique<LineFormatter>(out, options);
}

}  // namespace

Timestamp test_now() { return *parse_timestamp("2026-01-02T03:04:05Z"); }

CommandUnderTest::CommandUnderTest(const char* path)
    : form_(std::ranges::find(commands(), std::string_view(path), &Command::path)->form) {}

Invocation parse(const CommandUnderTest& command, const std::vector<std::string>& arguments) {
  CommandForm form = command.form();
  const std::vector<CommandOptions> commands{{"tested", std::move(form.options)}};
  std::vector<std::string> words{"tested"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const ParseOutcome outcome = parse_arguments({}, commands, words);
  if (!outcome.unplaced.empty()) throw Error(ErrorKind::usage, "unplaced: " + outcome.unplaced.front());
  if (!outcome.refusal.empty()) throw Error(ErrorKind::usage, outcome.refusal);
  if (const std::string problem = set_values(outcome.given); !problem.empty()) throw Error(ErrorKind::usage, problem);
  return form.run;
}

std::shared_ptr<MemoryStoreData> Run::add_source(const std::string& name) {
  std::shared_ptr<MemoryStoreData> data = std::make_shared<MemoryStoreData>();
  given_.push_back({name, data, std::nullopt});
  Source source;
  source.name = name;
  selected_.push_back(source);
  configuration.sources.push_back(source);
  return data;
}

void Run::add_failing_source(const std::string& name, const Error& error) {
  add_source(name);
  given_.back().error = error;
}

void Run::describe_last(const std::function<void(Source&)>& describe) {
  describe(selected_.back());
  describe(configuration.sources.back());
}

OpenedSource Run::open_to_write(const Source& source) {
  opened.push_back(source.name);
  const auto given =
      std::find_if(given_.begin(), given_.end(), [&](const Given& one) { return one.name == source.name; });
  if (given->error) throw *given->error;
  OpenedSource result;
  result.source = source;
  result.stores.push_back(std::make_unique<WritableMemoryStore>(given->store, administration));
  result.stores.back()->set_address(source.name);
  return result;
}

void Run::unselect_last() { selected_.pop_back(); }

std::vector<OpenedSource> Run::open(const std::vector<Source>& sources) {
  std::vector<OpenedSource> result;
  for (const Source& source : sources) {
    opened.push_back(source.name);
    const auto given =
        std::find_if(given_.begin(), given_.end(), [&](const Given& one) { return one.name == source.name; });
    if (given->error && sources.size() == 1) throw *given->error;
    result.push_back(given->error ? failed_source(source.name, *given->error)
                                  : memory_source(source.name, {given->store}));
    result.back().source = source;
  }
  return result;
}

ExitCode Run::run(const CommandUnderTest& command, const std::vector<std::string>& arguments) {
  notices = {};
  opened.clear();
  const OutputFormat format{format_name, "as lines", machine, make_line_formatter};
  std::ostringstream out;
  std::istringstream in(input);
  FormatterOptions options;
  options.fields = fields;
  options.redact = closing;
  options.now = test_now();
  ReadLimits limits;
  limits.stop = stop.get_token();
  if (timeout) limits.deadline = std::chrono::steady_clock::now() + *timeout;
  Surroundings surroundings;
  surroundings.stdout_is_terminal = terminal;
  surroundings.can_ask = can_ask;
  surroundings.environment = environment;
  Context context{configuration,
                  selected_,
                  Viewers(configuration),
                  viewer,
                  format,
                  options,
                  out,
                  in,
                  notices,
                  limits,
                  surroundings,
                  test_now,
                  [this](const std::vector<Source>& sources) { return open(sources); },
                  [this](const Source& source) { return open_to_write(source); },
                  [] { return true; },
                  typed.empty() ? arguments : typed,
                  nullptr,
                  format_asked};
  const Invocation invocation = parse(command, arguments);
  try {
    const ExitCode code = invocation(context);
    output = out.str();
    return code;
  } catch (...) {
    output = out.str();
    throw;
  }
}

std::string Run::failure(const CommandUnderTest& command, const std::vector<std::string>& arguments) {
  try {
    run(command, arguments);
  } catch (const Error& error) {
    return std::string(to_word(error.kind())) + ": " + error.what() +
           (error.hint().empty() ? "" : " | " + error.hint());
  }
  return "no error";
}

Job test_job(const std::string& id, JobState state, const std::string& queue, int minutes) {
  Job job;
  job.ref.id = Untrusted(id);
  job.state = state;
  job.queue = Untrusted(queue);
  job.created_at = test_now() - std::chrono::minutes(minutes);
  return job;
}

Job traced_job(const std::string& id, const std::string& trace_id, int minutes) {
  Job job = test_job(id, JobState::pending, "email", minutes);
  job.trace.trace_id = Untrusted(trace_id);
  job.trace.status = classify_trace_id(trace_id);
  return job;
}

}  // namespace queuetrace::testing
