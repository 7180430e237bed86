// Arguments against tables of options: what is given, what nothing takes, what is refused.
#include "cli/options/parser.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;
using Words = std::vector<std::string>;

namespace {

struct Meal {
  std::string main = "soup";
  std::vector<std::string> sides;
  std::uint64_t guests = 2;
  bool dessert = false;
  bool in_a_hurry = false;
  std::string table;
};

constexpr Option<Meal> meal_options[] = {
    {{.names = "MAIN", .required = true}, into<&Meal::main>},
    {{.names = "-s,--side", .value = "NAME"}, into<&Meal::sides>},
    {{.names = "-g,--guests", .value = "N", .takes_last = true}, into<&Meal::guests, 1, 12>},
    {{.names = "-d,--dessert", .excludes = "--hurry"}, into<&Meal::dessert>},
    {{.names = "--hurry", .old_names = "--quick"}, into<&Meal::in_a_hurry>},
    {{.names = "--table", .value = "PLACE", .choices = "inside,garden", .needs = "--dessert"}, into<&Meal::table>},
};

struct Served {
  Meal meal;
  std::string problem;  ///< of the parser, or of a value
  Words unplaced;
};

Served serve(Words arguments) {
  Served served;
  std::vector<CommandOptions> commands{{"serve meal", {}}};
  bind_options({meal_options}, served.meal, commands.front().options);
  arguments.insert(arguments.begin(), {"serve", "meal"});
  const ParseOutcome outcome = parse_arguments({}, commands, arguments);
  CHECK(outcome.path == "serve meal");
  served.unplaced = outcome.unplaced;
  served.problem = outcome.refusal.empty() ? set_values(outcome.given) : outcome.refusal;
  return served;
}

}  // namespace

TEST_CASE("every spelling of an option fills its member") {
  CHECK(serve({"fish"}).meal.main == "fish");
  CHECK(serve({"fish", "-s", "rice", "--side=beans", "-speas"}).meal.sides == Words{"rice", "beans", "peas"});
  CHECK(serve({"fish", "-g3"}).meal.guests == 3);
  CHECK(serve({"-dg", "4", "fish"}).meal.dessert);
  CHECK(serve({"fish", "--hurry"}).meal.in_a_hurry);
  CHECK(serve({"fish", "--quick"}).meal.in_a_hurry);
  CHECK(serve({"--", "-s"}).meal.main == "-s");
}

TEST_CASE("given twice: a list grows, the last one counts where the table says so, otherwise it is refused") {
  CHECK(serve({"fish", "-g", "3", "-g", "5"}).meal.guests == 5);
  CHECK(serve({"fish", "--dessert", "--table", "inside", "--table", "garden"}).problem ==
        "--table is given more than once");
}

TEST_CASE("what is refused, in one sentence") {
  CHECK(serve({}).problem == "MAIN is required");
  CHECK(serve({"fish", "--guests"}).problem == "--guests needs a value");
  CHECK(serve({"fish", "-d", "--quick"}).problem == "--dessert excludes --hurry");
  CHECK(serve({"fish", "--table", "garden"}).problem == "--table requires --dessert");
  CHECK(serve({"fish", "-d", "--table", "roof"}).problem == "--table: 'roof' is not one of inside, garden");
  CHECK(serve({"fish", "--guests", "0"}).problem == "--guests: '0' is not a number from 1 to 12");
  CHECK(serve({"fish", "--guests", "0x3"}).problem == "--guests: '0x3' is not a number from 1 to 12");
  for (const std::string value : {"3", "true", "false", ""})
    CHECK(serve({"fish", "--dessert=" + value}).problem == "--dessert takes no value");
  CHECK(serve({"fish", "--quick=1"}).problem == "--quick takes no value");
  CHECK(serve({"fish", "-d=1"}).problem == "-d takes no value");
  CHECK(serve({"--", "--dessert=3"}).meal.main == "--dessert=3");
  CHECK(serve({"fish", "-s", "--dessert=3"}).meal.sides == Words{"--dessert=3"});
  CHECK(serve({"fish", "--bread"}).unplaced == Words{"--bread"});
  CHECK(serve({"fish", "more"}).unplaced == Words{"more"});
}
