// Rows R01 to R14 of docs/threats.md section 6.2, and how URLs come apart.
#include "model/connection_url.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>

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
  CHECK(masked_url("postgresql://h?x=a@b") == "postgresql://h?x=a@b");
  CHECK(masked_url("redis://h?x=a@b") == "redis://***@b");  // redis-cli takes all before the `@` for the password
}

TEST_CASE("connection texts of other programs are shown without their secrets") {
  const MaskRow others[] = {{"triple slash", "redis:///:KEEP@h/0", "redis://<hidden>"},
                            {"triple slash", "redis:///KEEP@h/0", "redis://<hidden>"},
                            {"triple slash", "postgresql:///u:KEEP@h/db", "postgresql://<hidden>"},
                            {"semicolons", "redis://h:1/0;password=KEEP", "redis://h:1/0;password=***"},
                            {"semicolons", "redis://h:1/0?db=0;password=KEEP", "redis://h:1/0?db=0;password=***"},
                            {"ADO.NET", "Host=h;Username=u;Password=KEEP", "Host=h;Username=u;Password=***"},
                            {"ADO.NET", "Server=h;User Id=u;Password=KEEP;x", "Server=h;User Id=u;Password=***"},
                            {"in options", "postgresql://h/db?options=-c%20x.password%3DKEEP",
                             "postgresql://h/db?options=-c%20x.password%3D***"},
                            {"a variable", "REDIS_URL=redis://:KEEP@h:1", "REDIS_URL=redis://:***@h:1"},
                            {"a variable", "export PASSWORD=KEEP DATABASE_URL=postgresql://u:KEEP@h/d",
                             "export PASSWORD=***postgresql://u:***@h/d"},
                            {"in quotes", "\"redis://:KEEP@h:1", "\"redis://:***@h:1"},
                            {"a cipher", "sqlite:/x.db?_key=KEEP", "sqlite:/x.db?_key=***"},
                            {"a cipher", "sqlite://:KEEP@/x.db", "sqlite://:***@/x.db"}};
  for (const MaskRow& row : others) {
    CAPTURE(row.input);
    CHECK(masked_url(row.input) == row.expected);
  }
  CHECK(masked_url("sqlite://my jobs.db") == "sqlite://my jobs.db");
  CHECK(parse_connection_url("sqlite://my jobs.db")->path == "my jobs.db");
}

TEST_CASE("what was typed in place of a source is shown without its secrets") {
  for (const auto& [typed, shown] : {std::pair{"u:KEEP@h/db", "u:***@h/db"},
                                     {"//u:KEEP@h/db", "//u:***@h/db"},
                                     {"postgres:u:KEEP@h", "postgres:***@h"},
                                     {"h:1,password=KEEP,ssl=true", "h:1,password=***"},
                                     {"/x.db?key=KEEP", "/x.db?key=***"},
                                     {"sqlite:x.db?key=KEEP", "sqlite:x.db?key=***"},
                                     {"redis://:KEEP@h", "redis://:***@h"},
                                     {"h:6379", "h:6379"},
                                     {"/a:b@c.db", "/a:b@c.db"},
                                     {"./a:b@c.db", "./a:b@c.db"},
                                     {"sqlite_files/x.db", "sqlite_files/x.db"},
                                     {"prod", "prod"},
                                     {"", ""}}) {
    CAPTURE(typed);
    CHECK(masked_place(typed) == shown);
  }
}

TEST_CASE("a URL without a secret is shown as it is") {
  for (const char* url : {"unix:///run/a@b.sock", "sqlite:///var/a@b.db", "sqlite://a.db", "postgresql://h/db?",
                          "postgresql://h/db?a=1&", "redis://h?a=1&b=2#", "postgresql://u@h/db?a", "redis://h/0?x=#y"})
    CHECK(masked_url(url) == url);
}

TEST_CASE("secret parameters are found however they are written") {
  CHECK(masked_url("redis://h?PassWord=x&db=1") == "redis://h?PassWord=***&db=1");
  CHECK(masked_url("redis://h?pass%77ord=x") == "redis://h?pass%77ord=***");
  CHECK(masked_url("postgresql://h/db?sslkey=/k&sslpassword=x") == "postgresql://h/db?sslkey=/k&sslpassword=***");
  CHECK(masked_url("postgresql://h/db?oauth_client_secret=x&scram_client_key=y&scram_server_key=z") ==
        "postgresql://h/db?oauth_client_secret=***&scram_client_key=***&scram_server_key=***");
  CHECK(masked_url("redis+sentinel://h/0?sentinelPassword=x&access_token=y&pass=z") ==
        "redis+sentinel://h/0?sentinelPassword=***&access_token=***&pass=***");
  CHECK(masked_url("sqlite:/x?password=x&key=y#z") == "sqlite:/x?password=***&key=***");
  CHECK(masked_url("postgresql://h/db?sslkey=/k&passfile=/p&require_auth=md5&keepalives=1&target_session_attrs=any") ==
        "postgresql://h/db?sslkey=/k&passfile=/p&require_auth=md5&keepalives=1&target_session_attrs=any");
  CHECK(masked_url("password = x  host = db") == "password = ***  host = db");
  CHECK(masked_url("password=x") == "password=***");
  CHECK(masked_url("https://user:key@h/") == "https://user:***@h/");
  CHECK(masked_url("redis://user@h/") == "redis://***@h/");  // redis-cli takes it for the password
  CHECK(masked_url("postgresql://user@h/") == "postgresql://user@h/");
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

TEST_CASE("words of a command line are shown without the secrets of the URLs they hold") {
  CHECK(masked_argument("redis://:pw@h") == "redis://:***@h");
  CHECK(masked_argument("--source=redis://:pw@h") == "--source=redis://:***@h");
  CHECK(masked_argument("-sredis://:pw@h") == "-sredis://:***@h");
  CHECK(masked_argument("-shost=h password=pw") == "-shost=h password=***");
  CHECK(masked_argument("host=h password=pw") == "host=h password=***");
  CHECK(masked_argument("sqlite:/x?token=pw") == "sqlite:/x?token=***");
  CHECK(masked_argument("--source=sqlite3:x?key=pw") == "--source=sqlite3:x?key=***");
  CHECK(masked_argument("--error=cannot open sqlite: x") == "--error=cannot open sqlite: x");
  CHECK(masked_argument("job-1") == "job-1");
  CHECK(masked_argument("sqlite:jobs.db") == "sqlite:jobs.db");
  for (const char* plain : {"", "-", "--", "-s", "--where", "a=b"}) CHECK(masked_argument(plain) == plain);
}
