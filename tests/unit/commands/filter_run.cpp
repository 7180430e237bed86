#include "tests/unit/commands/filter_run.hpp"

#include <doctest/doctest.h>

#include "commands/context.hpp"

namespace queuetrace::testing {
namespace {

FilterUse filter_use = FilterUse::reading;
JobFilter last_filter;

CommandForm filter_form() {
  const auto options = std::make_shared<FilterOptions>();
  CommandForm form(
      options, +[](const FilterOptions& given, Context& context) {
        last_filter = make_filter(given, context, filter_use);
        return ExitCode::done;
      });
  form.takes(*options, filter_options());
  return form;
}

}  // namespace

const CommandUnderTest filter_command(filter_form);

JobFilter filter_of(const std::vector<std::string>& arguments, const std::string& input,
                    std::map<std::string, std::string> environment, FilterUse use) {
  Run run;
  run.input = input;
  run.environment = std::move(environment);
  filter_use = use;
  REQUIRE(run.run(filter_command, arguments) == ExitCode::done);
  return last_filter;
}

std::string filter_refusal(const std::vector<std::string>& arguments, const std::string& input) {
  Run run;
  run.input = input;
  return run.failure(filter_command, arguments);
}

}  // namespace queuetrace::testing
