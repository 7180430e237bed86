// `source list`: the sources there are to ask, and with --check whether they answer.
#include <algorithm>
#include <memory>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/report/counted.hpp"
#include "commands/source/ask_sources.hpp"
#include "formatters/source_record.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

struct SourceListOptions {
  bool check = false;
  bool count = false;  ///< none of them, but how many there are
};

constexpr Option<SourceListOptions> options_of_list[] = {
    {{.names = "--check", .help = "Ask each source whether it answers, what is in it and what may be done there"},
     into<&SourceListOptions::check>},
    {{.names = count_option.names, .help = count_option.help, .excludes = "--check"}, into<&SourceListOptions::count>},
};

/// Without --source: whether it is asked, and which groups name it.
SourceUse use_of(const Source& source, const Context& context) {
  SourceUse use;
  use.is_default = std::ranges::any_of(context.sources, [&](const Source& selected) {
    return selected.name == source.name && selected.origin == source.origin && source.origin != "--source";
  });
  for (const auto& [group, members] : context.configuration.groups)
    if (std::ranges::find(members, source.name) != members.end()) use.groups.push_back(group);
  return use;
}

/// All that are configured, then those that were named otherwise.
std::vector<Source> known_sources(const Context& context) {
  std::vector<Source> sources = context.configuration.sources;
  for (const Source& selected : context.sources) {
    const auto same = [&](const Source& known) {
      return known.name == selected.name && known.origin == selected.origin;
    };
    if (std::none_of(sources.begin(), sources.end(), same)) sources.push_back(selected);
  }
  return sources;
}

/// `3 of 4 sources answer`
std::string words_about(const std::vector<SourceAnswer>& answers) {
  const auto answering =
      static_cast<std::size_t>(std::ranges::count_if(answers, [](const auto& one) { return !one.failure; }));
  if (answering == answers.size()) return answers.size() == 1 ? "the source answers" : "all sources answer";
  return std::to_string(answering) + " of " + count_words(answers.size(), "source") + " answer";
}

/// `6 sources, 1 protected`
std::string words_about(const std::vector<Source>& sources) {
  const auto guarded = std::ranges::count_if(sources, [](const Source& one) { return one.is_protected; });
  return count_words(sources.size(), "source") + (guarded == 0 ? "" : ", " + std::to_string(guarded) + " protected");
}

/// done where every source answers; when none does for the same reason, that reason's code; else partial.
ExitCode exit_code_for(const std::vector<SourceAnswer>& answers) {
  const auto failed = [](const SourceAnswer& one) { return one.failure.has_value(); };
  if (std::ranges::none_of(answers, failed)) return ExitCode::done;
  const bool alike =
      std::ranges::all_of(answers, [&](const auto& one) { return one.failure == answers.front().failure; });
  return alike ? exit_code_of(*answers.front().failure) : ExitCode::partial;
}

/// One record a source, passwords masked.
ExitCode source_list(const SourceListOptions& options, Context& context) {
  const std::vector<Source> sources = known_sources(context);
  if (options.count) {
    print_counted({sources.size(), Exactness::exact, {}, {{count_words(sources.size(), "source")}}}, {}, context);
    return ExitCode::done;
  }
  const std::vector<SourceAnswer> answers = options.check ? ask_sources(sources, context) : std::vector<SourceAnswer>();
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.sources/1", "sources", source_columns(), Heading::Layout::list, "name",
                    options.check ? &asked_source_table() : &source_table()});
  for (std::size_t index = 0; index < sources.size(); ++index)
    formatter->row(source_record(sources[index], use_of(sources[index], context),
                                 options.check ? std::optional(answers[index]) : std::nullopt));
  if (!answers.empty())
    formatter->tell({{{words_about(answers)}}, "what is found in one: queuetrace source check -s NAME"});
  else if (!sources.empty())
    formatter->tell({{{words_about(sources)}}, "whether they answer: queuetrace source list --check"});
  formatter->end({});
  if (sources.empty())
    context.notices.note("no sources: queuetrace source add NAME URL, or give --source, DATABASE_URL or REDIS_URL");
  return exit_code_for(answers);
}

}  // namespace

CommandForm form(At<"source list">) {
  const auto options = std::make_shared<SourceListOptions>();
  CommandForm form(options, source_list);
  form.takes(*options, options_of_list);
  return form;
}

}  // namespace queuetrace
