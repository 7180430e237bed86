// Rows R01 to R14 of docs/threats.md section 6.2, and how URLs come apart.
#include "model/connection_url.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace queuetrace;

namespace {

struct MaskRow {
  std::string_view name, input, expected;
};

constexpr MaskRow rows[] = {
    {"R01", R"~(postgres://alice:s3cr3t@db:5432/jobs?sslmode=require)~",
     R"~(postgres://alice:***@db:5432/jobs?sslmode=require)~"},
    {"R02", R"~(postgresql://alice@db/jobs?password=s3cr3t&application_name=x)~",
     R"~(postgresql://alice@db/jobs?password=***&application_name=x)~"},
    {"R03", R"~(host=db user=alice password='a b\'c' dbname=jobs)~",
     R"~(host=db user=alice password=*** dbname=jobs)~"},
    {"R04", R"~(redis://:p%40ss@cache:6379/0)~", R"~(redis://:***@cache:6379/0)~"},
    {"R05", R"~(rediss://default:tok@[2001:db8::1]:6380/1)~", R"~(rediss://default:***@[2001:db8::1]:6380/1)~"},
    {"R06", R"~(mysql://u:p:w@h/db)~", R"~(mysql://u:***@h/db)~"},
    {"R07", R"~(postgres://u:p@ss@h/db)~", R"~(postgres://u:***@h/db)~"},
    {"R08", R"~(amqp://guest:guest@mq/%2F)~", R"~(amqp://guest:***@mq/%2F)~"},
    {"R09", R"~(mongodb://u:p@h1:27017,h2:27017/db?authSource=admin)~",
     R"~(mongodb://u:***@h1:27017,h2:27017/db?authSource=admin)~"},
    {"R10", R"~(unix:///run/redis.sock?db=1&password=pw)~", R"~(unix:///run/redis.sock?db=1&password=***)~"},
    {"R11", R"~(postgres://alice:s3cr3t)~", R"~(postgres://<hidden>)~"},
    {"R12", R"~(https://key@collector.example/v1/traces)~", R"~(https://***@collector.example/v1/traces)~"},
    {"R13", "Authorization=Bearer%20abc,X-Scope-OrgID=t1", "Authorization=***,X-Scope-OrgID=t1"},
    {"R14", R"~(sqlite:jobs.db)~", R"~(sqlite:jobs.db)~"},
};

}  // namespace

TEST_CASE("connection texts are shown without their secrets") {
  CHECK(std::size(rows) == 14);
  for (const MaskRow& row : rows) {
    CAPTURE(row.name);
    CHECK(masked_url(row.input) == row.expected);
  }
}

TEST_CASE("what cannot be read is hidden whole") {
  CHECK(masked_url("postgres://u:pa/ss@h/db") == "postgres://<hidden>");
  CHECK(masked_url("postgres://u:12/34@h/db") == "postgres://<hidden>");
  CHECK(masked_url("redis://[::1/0") == "redis://<hidden>");
  CHECK(masked_url("alice:CANARY@host") == "<hidden>");
  CHECK(masked_url("alice:p=CANARY@host:5432/db") == "<hidden>");
  CHECK(masked_url("alice:CANARY=x@host") == "<hidden>");
  CHECK(masked_url("CANARY") == "<hidden>");
  CHECK(masked_url("host=db password='CANARY") == "<hidden>");
  CHECK(masked_url("") == "<hidden>");
}

TEST_CASE("no part of a password is shown, whatever it holds and wherever a reader would end it") {
  // As psql and redis-cli read them: the password may hold `?` and `#`.
  CHECK(masked_url("postgres://u:pa?ss@h/db") == "postgres://u:***@h/db");
  CHECK(masked_url("postgres://u:pa#ss@h/db") == "postgres://u:***@h/db");
  CHECK(masked_url("redis://:4711?KEEP@h:1/0") == "redis://:***@h:1/0");
  for (const std::string_view scheme : {"postgresql://", "postgres://", "redis://", "rediss://", "redis+sentinel://"})
    for (const std::string_view user : {"op", ""})
      for (const std::string_view password :
           {"?KEEP", "4711?KEEP", "a@KEEP/OUT", "a@KEEP#OUT", "a@KEEP?OUT", "KEEP/OUT", "4711/KEEP", "4711/KEEP?OUT",
            "a@1/KEEP@OUT", "KEEP:OUT@x/y", "/KEEP", "a@h:1/KEEP?x=OUT"}) {
        const std::string url =
            std::string(scheme) + std::string(user) + ":" + std::string(password) + "@127.0.0.1:1/db?sslmode=disable";
        CAPTURE(url);
        for (const char* part : {"KEEP", "OUT", "4711"}) CHECK(masked_url(url).find(part) == std::string::npos);
        const auto read = parse_connection_url(url);
        for (const char* part : {"KEEP", "OUT", "4711"})
          CHECK((!read || (read->hosts + read->path + read->user).find(part) == std::string::npos));
      }
  CHECK(masked_url("https://key/KEEP@collector/v1") == "https://<hidden>");
  // A parameter whose value is not encoded.
  for (const char* url : {"redis://h:1?password=a@KEEP", "redis://h:1?password=a@KEEP/OUT",
                          "redis://h:1?db=1&auth=a@KEEP", "postgresql://h:1?PASSWORD=a?b@KEEP/db"}) {
    CAPTURE(url);
    CHECK(masked_url(url).find("KEEP") == std::string::npos);
    CHECK_FALSE(parse_connection_url(url).has_value());
  }
  CHECK(masked_url("postgresql://h/db?password=a#KEEP") == "postgresql://h/db?password=***");
  CHECK(masked_url("postgresql://h/db?user=u&password=a#KEEP&sslmode=require") ==
        "postgresql://h/db?user=u&password=***");
  CHECK(masked_url("postgresql://h/db?password=a&user=u#part") == "postgresql://h/db?password=***&user=u#part");
  // No password can be there.
  CHECK(masked_url("postgresql:///db?host=/run/a@b") == "postgresql:///db?host=/run/a@b");
  CHECK(masked_url("redis://h?x=a@b") == "redis://h?x=a@b");
}

TEST_CASE("a URL without a secret is shown as it is") {
  for (const char* url : {"postgresql://h/db?", "postgresql://h/db?a=1&", "redis://h?a=1&b=2#", "postgresql://u@h/db?a",
                          "redis://h/0?x=#y"})
    CHECK(masked_url(url) == url);
}

TEST_CASE("secret parameters are found however they are written") {
  CHECK(masked_url("redis://h?PassWord=x&db=1") == "redis://h?PassWord=***&db=1");
  CHECK(masked_url("redis://h?pass%77ord=x") == "redis://h?pass%77ord=***");
  CHECK(masked_url("postgresql://h/db?sslkey=/k&sslpassword=x") == "postgresql://h/db?sslkey=/k&sslpassword=***");
  CHECK(masked_url("password = x  host = db") == "password = ***  host = db");
  CHECK(masked_url("password=x") == "password=***");
  CHECK(masked_url("https://user:key@h/") == "https://user:***@h/");
  CHECK(masked_url("redis://user@h/") == "redis://user@h/");
  CHECK(masked_url("redis://u:@h/") == "redis://u:***@h/");
  CHECK(masked_url("x-api-key=abc,a=b") == "x-api-key=***,a=b");
}

TEST_CASE("a URL comes apart, decoded") {
  const auto url =
      parse_connection_url("PostgreSQL://al%69ce:p%40ss@db1:5432,[::1]:5433/jobs%20x?sslmode=require&a=b%26c");
  REQUIRE(url);
  CHECK(url->scheme == "postgresql");
  CHECK(url->user == "alice");
  CHECK(url->has_password);
  CHECK(url->password.reveal() == "p@ss");
  CHECK(url->hosts == "db1:5432,[::1]:5433");
  CHECK(url->path == "/jobs x");
  CHECK(url->parameters == std::map<std::string, std::string>{{"a", "b&c"}, {"sslmode", "require"}});
}

TEST_CASE("files and sockets are paths") {
  CHECK(parse_connection_url("sqlite:jobs.db")->path == "jobs.db");
  CHECK(parse_connection_url("sqlite:/var/jobs.db?mode=ro")->path == "/var/jobs.db");
  CHECK(parse_connection_url("sqlite:///var/a@b.db")->path == "/var/a@b.db");
  const auto socket = parse_connection_url("unix:///run/redis.sock?db=1");
  REQUIRE(socket);
  CHECK(socket->hosts.empty());
  CHECK(socket->path == "/run/redis.sock");
  CHECK(socket->parameters.at("db") == "1");
  CHECK_FALSE(socket->has_password);
}

TEST_CASE("other texts are no URLs") {
  for (const std::string_view text :
       {"", "jobs", "host=db dbname=jobs", "://h", "redis:h", "redis://h:port", "1x://h", "redis://[::1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_connection_url(text).has_value());
  }
}
