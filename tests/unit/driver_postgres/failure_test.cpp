// How PostgreSQL's and libpq's words become errors, and what is put into a connection string.
#include <doctest/doctest.h>

#include "backends/drivers/postgres/connection_string.hpp"
#include "backends/drivers/postgres/failure.hpp"

using namespace queuetrace;

TEST_CASE("SQLSTATE decides the kind; only the primary message goes on") {
  CHECK(statement_error("42501", "ERROR:  permission denied", "t").kind() == ErrorKind::authentication);
  CHECK(statement_error("28P01", "ERROR:  x", "t").kind() == ErrorKind::authentication);
  CHECK(statement_error("42P01", "ERROR:  x", "t").kind() == ErrorKind::not_found);
  CHECK(statement_error("3F000", "ERROR:  x", "t").kind() == ErrorKind::not_found);
  CHECK(statement_error("57P01", "FATAL:  x", "t").kind() == ErrorKind::unreachable);
  CHECK(statement_error("08006", "", "t").kind() == ErrorKind::unreachable);
  CHECK(statement_error("25006", "ERROR:  x", "t").kind() == ErrorKind::internal);
  CHECK(statement_error("25006", "ERROR:  x", "t", {"UPDATE", true, {}}).kind() == ErrorKind::authentication);
  const Error pooled =
      statement_error("08P01", "FATAL:  transaction blocks not allowed in statement pooling mode", "t");  // PgBouncer's
  CHECK(pooled.kind() == ErrorKind::usage);
  CHECK(pooled.hint() == "set pool_mode = transaction or session in PgBouncer, or name the server itself");
  const Error timed_out = statement_error("57014", "ERROR:  canceling statement\nCONTEXT:  row (secret)", "t");
  CHECK(timed_out.kind() == ErrorKind::timed_out);
  CHECK(timed_out.cause().raw() == "canceling statement (SQLSTATE 57014)");
}

TEST_CASE("a statement that somebody ended is not one that took too long") {
  const auto kind = [](std::string_view state, bool writes, bool ran_out) {
    return statement_error(state, "ERROR:  canceling statement", "t", {"SELECT 1", writes, [=] { return ran_out; }});
  };
  CHECK(kind("57014", false, true).kind() == ErrorKind::timed_out);
  CHECK(kind("57014", false, false).kind() == ErrorKind::unreachable);
  CHECK(kind("57014", false, false).cause().raw() == "canceling statement (SQLSTATE 57014)");
  CHECK(kind("40001", false, false).kind() == ErrorKind::unreachable);  // a standby that catches up
  CHECK(kind("40P01", true, false).kind() == ErrorKind::internal);      // a write is divided and tried again
  CHECK(lost_connection("FATAL:  terminating connection due to administrator command\nserver closed", "t")
            .cause()
            .raw() == "terminating connection due to administrator command");
}

TEST_CASE("a permission that is missing is named") {
  const auto hint = [](std::string_view message, std::string_view statement, bool writes) {
    return statement_error("42501", message, "t", {statement, writes}).hint();
  };
  const std::string table = "ERROR:  permission denied for table jobs";
  const std::string begins = "grant USAGE on the schema and ";
  CHECK(hint(table, "SELECT j.id FROM jobs j WHERE j.updated", false) == begins + "SELECT on the tables to this role");
  CHECK(hint(table, "SELECT j.id FROM jobs j FOR UPDATE SKIP LOCKED", true) ==
        begins + "SELECT, UPDATE on the tables to this role");
  CHECK(hint(table, "WITH RECURSIVE below(id) AS (SELECT 1) UPDATE jobs j SET status = 'x'", true) ==
        begins + "SELECT, UPDATE on the tables to this role");
  CHECK(hint(table, "DELETE FROM jobs j WHERE NOT EXISTS (SELECT 1)", true) ==
        begins + "SELECT, DELETE on the tables to this role");
  CHECK(hint(table, "INSERT INTO jobs (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 1", true) ==
        begins + "SELECT, INSERT, UPDATE on the tables to this role");
  CHECK(hint(table, "SELECT retry_job(1)", true) ==
        begins + "SELECT, INSERT, UPDATE, DELETE on the tables to this role, as far as this change needs them");
  CHECK(hint("ERROR:  permission denied for schema app", "UPDATE jobs SET x = 1", true) ==
        "grant USAGE on the schema to this role");
  CHECK(hint("ERROR:  permission denied for function retry_job", "SELECT retry_job(1)", true) ==
        "grant EXECUTE on the function to this role");
  CHECK(hint("ERROR:  new row violates row-level security policy for table \"jobs\"", "UPDATE jobs SET x = 1", true) ==
        "a row security policy keeps this role from it");
  CHECK(statement_error("28000", "ERROR:  x", "t").hint() == begins + "SELECT on the tables to this role");
}

TEST_CASE("failures to connect, in any language of the server") {
  const auto kind = [](std::string_view text) { return connection_error(text, "t", "jobs").kind(); };
  CHECK(kind("connection to server at \"db\" failed: FATAL:  password authentication failed for user \"bob\"\n") ==
        ErrorKind::authentication);
  CHECK(kind("connection to server at \"db\" failed: FATAL:  database \"jobs\" does not exist\n") ==
        ErrorKind::not_found);
  CHECK(kind("Verbindung fehlgeschlagen: FATAL:  Datenbank \"jobs\" existiert nicht\n") == ErrorKind::not_found);
  CHECK(kind("FATAL:  Passwort-Authentifizierung für Benutzer \"bob\" fehlgeschlagen\n") == ErrorKind::authentication);
  CHECK(kind("FATAL:  role \"jobs\" does not exist\n") == ErrorKind::authentication);
  CHECK(kind("connection to server at \"db\" (10.0.0.1), port 5432 failed: fe_sendauth: no password supplied\n") ==
        ErrorKind::authentication);
  CHECK(kind("could not translate host name \"db\" to address: Name or service not known\n") == ErrorKind::unreachable);
  CHECK(kind("connection to server at \"127.0.0.1\", port 1 failed: Connection refused\n") == ErrorKind::unreachable);
  CHECK(kind("FATAL:  the database system is starting up\n") == ErrorKind::unreachable);
  CHECK(kind("FATAL:  sorry, too many clients already\n") == ErrorKind::unreachable);
  CHECK(kind("FATAL:  connection requires a valid client certificate\n") == ErrorKind::authentication);
  CHECK(kind("definition of service \"x\" not found\n") == ErrorKind::not_found);
  CHECK(connection_error("could not translate host name \"ret@db\" to address: Name or service not known\n", "t", "")
            .cause()
            .raw() == "Name or service not known");
  const Error unreadable = connection_error("invalid percent-encoded token: \"s%ecret\"\n", "t", "");
  CHECK(unreadable.kind() == ErrorKind::usage);
  CHECK(unreadable.cause().empty());
  CHECK(kind("invalid connection option \"pasword\"\n") == ErrorKind::usage);
}

TEST_CASE("connection strings") {
  Source source;
  const auto made = [&](const char* url) {
    source.url = Secret(url);
    return connection_string(source).reveal();
  };
  CHECK(made("") == "application_name='queuetrace' connect_timeout='5'");
  CHECK(made("host=db connect_timeout = 9") == "application_name='queuetrace' connect_timeout='9' host='db'");
  CHECK(made("postgresql://bob@db/jobs") ==
        "application_name='queuetrace' connect_timeout='5' dbname='jobs' host='db' user='bob'");
  CHECK(made("postgres://db/jobs?application_name=mine&sslmode=require") ==
        "application_name='mine' connect_timeout='5' dbname='jobs' host='db' sslmode='require'");
  // As psql takes them.
  CHECK(
      made("postgresql://op:pa?ss@db:1/jobs") ==
      "application_name='queuetrace' connect_timeout='5' dbname='jobs' host='db' password='pa?ss' port='1' user='op'");
  for (const char* end : {"?", "?sslmode=disable&"})
    CHECK(
        made((std::string("postgresql://db/jobs") + end).c_str()).starts_with("application_name='queuetrace' connect"));
  CHECK(made("postgresql://a:1,b:2/jobs") ==
        "application_name='queuetrace' connect_timeout='5' dbname='jobs' host='a,b' port='1,2'");
  CHECK(made("postgresql://db/jobs?nonsense") == "postgresql://db/jobs?nonsense");  // libpq says why
  source.password = Secret("a b'c&d");
  CHECK(made("postgresql://db/jobs?connect_timeout=1&application_name=x") ==
        "application_name='x' connect_timeout='1' dbname='jobs' host='db' password='a b\\'c&d'");
  CHECK(made("connect_timeout=1 application_name=x password=other") ==
        "application_name='x' connect_timeout='1' password='a b\\'c&d'");
}
