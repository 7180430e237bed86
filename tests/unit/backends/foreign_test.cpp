// A database of a system that is known, but not read, says which one it is.
#include "backends/systems/foreign.hpp"

#include <doctest/doctest.h>

#include <map>

#include "backends/open.hpp"
#include "model/error.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/sqlite_file.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

/// Tables that have the columns a sign needs.
std::string tables_with(std::string_view needs) {
  std::map<std::string, std::string> columns;
  for (std::string_view rest = needs; !rest.empty();) {
    const std::string_view word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
    const std::size_t dot = word.find('.');
    std::string& list = columns[std::string(word.substr(0, dot))];
    list += (list.empty() ? "" : ", ") + std::string(word.substr(dot + 1)) + " text";
  }
  std::string statements;
  for (const auto& [table, list] : columns) statements += "CREATE TABLE " + table + " (" + list + ");";
  return statements;
}

std::string said_of(const Source& source, std::string* hint = nullptr) {
  try {
    open_stores(source);
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::not_found);
    if (hint != nullptr) *hint = error.hint();
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("a database of a known system that is not read names it, and what is read") {
  const PostgresDatabase database;
  const std::string nothing = said_of(database.source());
  CHECK(nothing.find("no queue system found") == 0);
  for (const SqlTableSign& sign : foreign_table_signs()) {
    CAPTURE(sign.needs);
    std::string said, hint;
    if (sign.flavour == SqlFlavour::postgresql) {
      database.run(
          "SET client_min_messages = warning; DROP SCHEMA IF EXISTS elsewhere CASCADE; CREATE SCHEMA elsewhere; "
          "SET search_path = elsewhere;" +
          tables_with(sign.needs));
      said = said_of(database.source(), &hint);
    } else {
      said = said_of(SqliteFile(tables_with(sign.needs)).source(), &hint);
    }
    CHECK(said.find("holds " + std::string(sign.title) + ", which") != std::string::npos);
    CHECK(hint.find("it reads ") == 0);
  }
}
