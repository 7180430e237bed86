#include "commands/source/source_change.hpp"

#include <array>

#include "commands/source/configuration_file.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::array columns{Column{.field = "outcome", .heading = "OUTCOME"},
                             Column{.field = "names", .heading = "SOURCE"}, Column{.field = "url", .heading = "URL"},
                             Column{.field = "systems", .heading = "SYSTEMS"},
                             Column{.field = "file", .heading = "FILE"}};

}  // namespace

void change_sources(const Context& context, const std::function<std::string(const std::string& text)>& edit,
                    const JudgeChange& judge) {
  const std::string before = context.file->text();
  const std::string after = edit(before);
  const auto read = [&] {
    try {
      return context.file->read(after);
    } catch (const Error& problems) {
      Error error(ErrorKind::usage, "the configuration would have problems, and stays as it is");
      for (const std::string& problem : problems.notes()) error.while_doing(problem);
      throw error;
    }
  };
  judge(read());
  context.file->replace(before, after);
}

void print_change(const SourceChange& change, const Context& context) {
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.source_change/1", "changes", columns, Heading::Layout::detail, "names"});
  Values systems(change.systems.begin(), change.systems.end());
  formatter->row({{"outcome", change.outcome},
                  {"names", Values(change.names.begin(), change.names.end())},
                  {"url", change.url.empty() ? Value() : Value(change.url)},
                  {"systems", systems.empty() ? Value() : Value(std::move(systems))},
                  {"file", context.configuration.path.string()}});
  formatter->end({});
}

std::vector<std::string> names_of_sources(const Configuration& configuration) {
  std::vector<std::string> names;
  for (const Source& source : configuration.sources) names.push_back(source.name);
  return names;
}

}  // namespace queuetrace
