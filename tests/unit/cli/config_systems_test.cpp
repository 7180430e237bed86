// [systems.NAME]: what is read of a description, and what is told of a wrong one.
#include <doctest/doctest.h>

#include "backends/systems/catalogue.hpp"
#include "cli/config.hpp"

using namespace queuetrace;

namespace {

Configuration parsed(const std::string& text) { return parse_configuration(text, "config.toml", {}); }

/// A line each: `12: text (hint)`.
std::string problems_in(const std::string& text) {
  std::string out;
  for (const ConfigurationProblem& problem : parsed(text).problems)
    out += std::to_string(problem.line) + ": " + problem.text +
           (problem.hint.empty() ? "" : " (" + problem.hint + ")") + "\n";
  return out;
}

const std::string plain = "family = \"postgresql\"\ntable = \"app.jobs\"\nid = \"id\"\n";
const std::string rest = "states = [ { name = \"all\", state = \"pending\" } ]\n";

}  // namespace

TEST_CASE("a description of words is a list of rules") {
  const Configuration configuration =
      parsed("[systems.outbox]\n" + plain +
             "columns = { queue = \"topic\", created_at = \"created\" }\nstate = \"status\"\n"
             "states = { pending = [\"new\"], running = [2, true], dead = \"it's over\" }\ntrace = [\"trace_id\"]\n"
             "order = [\"created\"]\n");
  REQUIRE(configuration.problems.empty());
  REQUIRE(configuration.systems.size() == 1);
  const SystemDescription& system = configuration.systems.front();
  CHECK(system.name == "outbox");
  CHECK(system.families == std::vector{StorageFamily::postgresql});
  REQUIRE(system.tables.size() == 1);
  const TableDescription& table = system.tables.front();
  CHECK(table.schema == "app");
  CHECK(table.table == "jobs");
  CHECK(table.columns.at("queue") == "topic");
  std::string rules;
  for (const DescribedState& state : table.states)
    rules += state.name + " " + std::string(to_word(state.state)) + " " + state.when.at(0).subject + ";";
  CHECK(rules == "it's over dead status;new pending status;2 running status;true running status;");
}

TEST_CASE("rules say their conditions, and a list means the words themselves") {
  const Configuration configuration = parsed(
      "[systems.outbox]\n" + plain +
      "epoch = \"ms\"\nabsent = { error = \"\" }\ncolumns = { error = \"e\" }\nstates = [\n"
      "{ name = \"a\", state = \"running\", when = { x = \"set\", y = \"over 3\" }, again_after = \"90s\" },\n"
      "{ name = \"b\", state = \"dead\", when = { x = [\"set\"] } },\n{ name = \"c\", state = \"pending\" } ]\n");
  REQUIRE(configuration.problems.empty());
  const TableDescription& table = configuration.systems.at(0).tables.at(0);
  CHECK(table.epoch.at("") == "ms");
  CHECK(table.absent.at("error").text.empty());
  REQUIRE(table.states.size() == 3);
  REQUIRE(table.states[0].when.size() == 2);
  CHECK(table.states[0].when[0].kind == DescribedCondition::Kind::set);
  CHECK(table.states[0].when[1].kind == DescribedCondition::Kind::over);
  CHECK(table.states[0].when[1].values.at(0).text == "3");
  CHECK(table.states[0].again_after == Milliseconds(90'000));
  CHECK(table.states[1].when[0].kind == DescribedCondition::Kind::equal);
  CHECK(table.states[1].when[0].values.at(0).text == "set");
  CHECK(table.states[2].when.empty());
}

TEST_CASE("several tables share what stands above them, and the one with an order comes first") {
  const Configuration configuration =
      parsed("[systems.outbox]\nfamily = [\"postgresql\", \"sqlite\"]\nid = \"id\"\ntrace = [\"t\"]\n" + rest +
             "[[systems.outbox.tables]]\ntable = \"failed\"\nid = \"uuid\"\n"
             "[[systems.outbox.tables]]\ntable = \"jobs\"\norder = [\"id\"]\n");
  REQUIRE(configuration.problems.empty());
  const SystemDescription& system = configuration.systems.at(0);
  CHECK(system.families == std::vector{StorageFamily::postgresql, StorageFamily::sqlite});
  REQUIRE(system.tables.size() == 2);
  CHECK(system.tables[0].table == "jobs");
  CHECK(system.tables[0].id == "id");
  CHECK(system.tables[1].id == "uuid");
  CHECK(system.tables[1].trace == std::vector<std::string>{"t"});
}

TEST_CASE("what is wrong in a description is told with its line") {
  const auto told = [](const std::string& body) { return problems_in("[systems.outbox]\n" + body); };
  CHECK(told(plain + rest) == "");
  CHECK(told("family = \"mysql\"\n") ==
        "1: [systems.outbox] table: is missing\n1: [systems.outbox] id: is missing\n"
        "1: [systems.outbox] states: is missing (a list of rules, or state = \"column\" with a table)\n"
        "2: [systems.outbox] family: must be \"postgresql\", \"sqlite\" or both, not 'mysql'\n");
  CHECK(told(plain + rest + "columns = { queu = \"q\", kind = 3 }\n") ==
        "6: [systems.outbox] columns: kind must be the name of a column\n"
        "6: [systems.outbox] columns: there is no field 'queu' (did you mean 'queue'?)\n");
  CHECK(told(plain + "states = [\n{ name = \"a\", state = \"waiting for\" },\n{ state = \"dead\", when = { x = "
                     "[] } },\n{ name = \"c\", state = \"dead\", again_after = \"1m\", wen = {} } ]\n") ==
        "6: [systems.outbox] states: there is no state 'waiting for' (one of pending, scheduled, blocked, running, "
        "retrying, completed, failed, dead, cancelled)\n"
        "7: [systems.outbox] states name: is missing: the application's own word\n"
        "7: [systems.outbox] states: 'x' must be a value, a list of values, \"set\", \"null\", \"past\", \"future\", "
        "\"over N\" or \"under N\"\n"
        "8: [systems.outbox] states again_after: only running jobs are taken again\n"
        "8: unknown key 'wen' in [systems.outbox] states (did you mean 'when'?)\n");
  CHECK(told(plain + rest + "epoch = \"minutes\"\n") ==
        "6: [systems.outbox] epoch: must be \"s\", \"ms\", \"us\" or \"ns\"\n");
  CHECK(told(plain + rest + "absent = { error = \"\" }\n") == "6: [systems.outbox] absent: columns names no 'error'\n");
  CHECK(told(plain + rest + "sql = \"DROP TABLE jobs\"\n") == "6: unknown key 'sql' in [systems.outbox]\n");
  CHECK(told("family = \"sqlite\"\ntables = 3\n") ==
        "3: [systems.outbox] tables: must be written as [[systems.outbox.tables]]\n");
  CHECK(problems_in("[systems.river]\n" + plain + rest) ==
        "1: [systems] river: is the name of a built-in system (give the description another name)\n");
  CHECK(problems_in("[systems.\"a b\"]\n" + plain + rest) ==
        "1: [systems] a b: names are lower-case letters, digits, '_' and '-', at most 64, a letter first\n");
}

TEST_CASE("described systems stand in the catalogue beside those that are built in") {
  const Configuration configuration =
      parsed("[systems.outbox]\nfamily = [\"postgresql\", \"sqlite\"]\ntable = \"jobs\"\nid = \"id\"\n" + rest);
  const Catalogue catalogue = catalogue_with(configuration.systems);
  CHECK(catalogue.systems().size() == built_in_catalogue().systems().size() + 1);
  REQUIRE(catalogue.find("outbox") != nullptr);
  CHECK(catalogue.find("outbox")->storage == "jobs");
  CHECK(catalogue.families("outbox") == std::vector{StorageFamily::postgresql, StorageFamily::sqlite});
}
