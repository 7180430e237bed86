// Which sources a command asks, and what is said when there is none of that name.
#include "cli/sources.hpp"

#include <doctest/doctest.h>

#include "cli/config.hpp"
#include "cli/password.hpp"
#include "cli/usual_url.hpp"
#include "model/error.hpp"

using namespace queuetrace;
using Names = std::vector<std::string>;

namespace {

struct RecordedNotices : Notices {
  Names notes, warnings;
  void note(const std::string& text) override { notes.push_back(text); }
  void warning(const std::string& text) override { warnings.push_back(text); }
  void progress(const std::string&) override {}
  void ask(const std::string&) override {}
};

const char* const three_sources = R"(
[sources.prod]
url = "postgresql://db/jobs"
[sources.cache]
url = "redis://cache"
[sources.unset]
url = "${NOT_SET}"
[groups]
both = ["prod", "cache"]
)";

Configuration read(const std::string& text) { return parse_configuration(text, "/c.toml", {}); }

Names selected(const Names& named, const Configuration& configuration, const Environment& environment) {
  RecordedNotices notices;
  Names names;
  for (const Source& source : select_sources(named, configuration, environment, notices))
    names.push_back(source.name + " " + source.origin);
  return names;
}

}  // namespace

TEST_CASE("URLs of other programs are taken for what they mean") {
  CHECK(usual_url("postgresql+asyncpg://u:p@db/app?pool=5") == "postgresql://u:p@db/app?pool=5");
  CHECK(usual_url("PostgreSQL+psycopg2://db/app") == "postgresql://db/app");
  CHECK(usual_url("postgres+psycopg://db/app") == "postgresql://db/app");
  CHECK(usual_url("postgis://db/app") == "postgresql://db/app");
  CHECK(usual_url("jdbc:postgresql://db:5432/app?user=u") == "postgresql://db:5432/app?user=u");
  CHECK(usual_url("sqlite3:jobs.db") == "sqlite:jobs.db");
  CHECK(usual_url("sqlite:///no-such-folder/jobs.db") == "sqlite:no-such-folder/jobs.db");
  CHECK(usual_url("sqlite:////var/jobs.db") == "sqlite:/var/jobs.db");
  CHECK(usual_url("sqlite+aiosqlite:///jobs.db") == "sqlite:jobs.db");
  for (const char* same : {"postgresql://db/app", "postgres://db/app", "redis://h:1/2", "redis+sentinel://h/m",
                           "rediss://h", "sqlite:/a.db", "mysql+aiomysql://db/app", "host=db dbname=app", "prod"})
    CHECK(usual_url(same) == same);
  Names left_out;
  CHECK(without_unknown_parameters("postgresql://u:a?b@db/app?pool=5&sslmode=require&timeout=3", left_out) ==
        "postgresql://u:a?b@db/app?sslmode=require");
  CHECK(left_out == Names{"pool", "timeout"});
  CHECK(without_unknown_parameters("redis://h/0?x=1", left_out) == "redis://h/0?x=1");
  RecordedNotices notices;
  const Environment environment{{"DATABASE_URL", "postgresql+asyncpg://db/app?pool=5"}};
  const std::vector<Source> sources = select_sources({}, default_configuration(), environment, notices);
  REQUIRE(sources.size() == 1);
  CHECK(sources.front().url.reveal() == "postgresql://db/app");
  CHECK(notices.notes == Names{"DATABASE_URL has parameters that PostgreSQL does not know: pool (left out)"});
}

TEST_CASE("a host and a port are no source, but may mean one") {
  const auto refusal = [](const std::string& name) -> std::string {
    RecordedNotices notices;
    try {
      select_sources({name}, default_configuration(), {}, notices);
    } catch (const Error& error) {
      return std::string(error.what()) + " | " + error.hint();
    }
    return "selected";
  };
  CHECK(refusal("127.0.0.1:15432/shop") ==
        "--source: '127.0.0.1:15432/shop' is no source and no URL | did you mean "
        "postgresql://127.0.0.1:15432/shop?");
  CHECK(refusal("cache:16379/2") ==
        "--source: 'cache:16379/2' is no source and no URL | did you mean redis://cache:16379/2?");
  CHECK(refusal("localhost:6379") ==
        "--source: 'localhost:6379' is no source and no URL | did you mean redis://localhost:6379?");
  CHECK(refusal("db:5432/app") ==
        "--source: 'db:5432/app' is no source and no URL | did you mean postgresql://db:5432/app?");
  CHECK(refusal("localhost:6379?db=2") ==
        "--source: 'localhost:6379?db=2' is no source and no URL | did you mean redis://localhost:6379?db=2?");
  CHECK(refusal("localhost:6379/1?insecure") ==
        "--source: 'localhost:6379/1?insecure' is no source and no URL | did you mean "
        "redis://localhost:6379/1?insecure?");
  CHECK(refusal("db:5432/app?sslmode=require&options=-c%20a:b") ==
        "--source: 'db:5432/app?sslmode=require&options=-c%20a:b' is no source and no URL | did you mean "
        "postgresql://db:5432/app?sslmode=require&options=-c%20a:b?");
  CHECK(refusal("host=db dbname=a:1") == "selected");
  CHECK(refusal("nowhere").starts_with("--source: there is no source 'nowhere'"));
  // A URL without its scheme: no part of the password is said.
  CHECK(refusal("op:KEEP@db:5432/app") ==
        "--source: 'op:***@db:5432/app' is no source and no URL | did you mean postgresql://op:***@db:5432/app?");
  for (const char* typed : {"db:5432?password=KEEP", "db:5432/app?sslmode=require&password=KEEP", "db?password=KEEP",
                            "./db?password=KEEP", "op:x@db:6379?auth=KEEP", "db:5432/app?password=a#KEEP"}) {
    CAPTURE(typed);
    CHECK(refusal(typed).find("KEEP") == std::string::npos);
  }
  for (const char* password : {"KEEP", "a@KEEP", "KEEP/x", "KEEP?x", "KEEP#x", "a:KEEP", "KEEP.db", "p=KEEP", "KEEP=x"})
    for (const char* place : {"db", "db:5432", "db:5432/app", "127.0.0.1:6379/0", "db/app.db"}) {
      const std::string typed = std::string("op:") + password + "@" + place;
      CAPTURE(typed);
      CHECK(refusal(typed).starts_with("--source: "));
      CHECK(refusal(typed).find("KEEP") == std::string::npos);
    }
  CHECK(refusal("./a:b@c.db") == "selected");
}

TEST_CASE("the first place that names a source decides") {
  const Configuration configuration = read(three_sources);
  const Configuration with_default = read("default = \"cache\"\n" + std::string(three_sources));
  const Environment environment{{"QUEUETRACE_SOURCE", "prod"}, {"DATABASE_URL", "postgres://other/d"}};
  CHECK(selected({"cache"}, with_default, environment) == Names{"cache c.toml [sources.cache]"});
  CHECK(selected({}, with_default, environment) == Names{"prod c.toml [sources.prod]"});
  CHECK(selected({}, with_default, {}) == Names{"cache c.toml [sources.cache]"});
  CHECK(selected({}, configuration, {{"DATABASE_URL", "postgres://other/d"}}).empty());
  CHECK(selected({}, read("[sources.one]\nurl = \"redis://h\"\n"), {{"DATABASE_URL", "postgres://o/d"}}) ==
        Names{"one c.toml [sources.one]"});
  CHECK(selected({}, default_configuration(), {{"DATABASE_URL", "postgres://o/d"}, {"REDIS_URL", "redis://r:1/2"}}) ==
        Names{"o-d DATABASE_URL", "r-1-2 REDIS_URL"});
  CHECK(selected({}, default_configuration(), {{"PGHOST", "/run/pg"}, {"PGDATABASE", "jobs"}}) ==
        Names{"jobs PGDATABASE"});
  CHECK(selected({}, default_configuration(), {}).empty());
}

TEST_CASE("groups are taken apart, doubles taken once, equal names parted") {
  const Configuration configuration = read(three_sources);
  CHECK(selected({"both", "prod"}, configuration, {}) ==
        Names{"prod c.toml [sources.prod]", "cache c.toml [sources.cache]"});
  CHECK(selected({"redis://h/1", "redis://h/1", "rediss://h/1"}, configuration, {}) ==
        Names{"h-1 --source", "h-1-2 --source"});
}

TEST_CASE("a comma in QUEUETRACE_SOURCE parts sources, not what is inside one") {
  const auto of = [](const std::string& value) {
    Names names;
    RecordedNotices notices;
    for (const Source& source : select_sources({}, read(three_sources), {{"QUEUETRACE_SOURCE", value}}, notices))
      names.push_back(source.url.reveal());
    return names;
  };
  CHECK(of("sqlite:/a.db,sqlite:/b.db") == Names{"sqlite:/a.db", "sqlite:/b.db"});
  CHECK(of("/a.db,sqlite:/b.db") == Names{"sqlite:/a.db", "sqlite:/b.db"});
  CHECK(of("redis://h:1,redis://h:2") == Names{"redis://h:1", "redis://h:2"});
  CHECK(of("redis://h:1,/a.db") == Names{"redis://h:1", "sqlite:/a.db"});
  CHECK(of("redis://h:1,b.db") == Names{"redis://h:1", "sqlite:b.db"});
  CHECK(of("redis://h:1,prod") == Names{"redis://h:1", "postgresql://db/jobs"});
  CHECK(of("prod,both") == Names{"postgresql://db/jobs", "redis://cache"});
  CHECK(of("postgresql://h1:1,h2:2/db") == Names{"postgresql://h1:1,h2:2/db"});
  CHECK(of("postgresql://h1:1,h2:2/db,redis://c") == Names{"postgresql://h1:1,h2:2/db", "redis://c"});
  CHECK(of("redis+sentinel://a:1,b:2/m/0,prod") == Names{"redis+sentinel://a:1,b:2/m/0", "postgresql://db/jobs"});
  CHECK(of("redis://:p,w@h/0") == Names{"redis://:p,w@h/0"});
  CHECK(of("redis://:p,/w@h/0") == Names{"redis://:p,/w@h/0"});
  CHECK(of("host=a,b dbname=jobs") == Names{"host=a,b dbname=jobs"});
}

TEST_CASE("one system of a source is named as its jobs are") {
  const Configuration configuration = read(three_sources);
  RecordedNotices notices;
  const std::vector<Source> parts =
      select_sources({"prod/hammerwork", "prod/procrastinate", "prod"}, configuration, {}, notices);
  REQUIRE(parts.size() == 3);
  CHECK(parts[0].name == "prod/hammerwork");
  CHECK(parts[0].system == "hammerwork");
  CHECK(parts[0].url.reveal() == "postgresql://db/jobs");
  CHECK(parts[1].name == "prod/procrastinate");
  CHECK(parts[1].system == "procrastinate");
  CHECK_FALSE(parts[2].system);
  CHECK(selected({"prod/nosuch"}, configuration, {}) == Names{"nosuch --source"});  // a file
  const Configuration fixed = read("[sources.prod]\nurl = \"postgresql://db/jobs\"\nsystem = \"hammerwork\"\n");
  CHECK(selected({"prod/hammerwork"}, fixed, {}) == Names{"prod/hammerwork c.toml [sources.prod] (hammerwork)"});
  CHECK_THROWS_WITH(selected({"prod/procrastinate"}, fixed, {}),
                    "source 'prod' is configured as hammerwork, not procrastinate");
}

TEST_CASE("names made from URLs") {
  CHECK(name_of_url("postgresql://app:pw@localhost:5432/jobs?sslmode=require") == "localhost-5432-jobs");
  CHECK(name_of_url("redis://[::1]:6379/0") == "1-6379-0");
  CHECK(name_of_url("sqlite:/var/lib/my jobs.db") == "my-jobs");
  CHECK(name_of_url("host=db dbname=jobs password=pw") == "jobs");
}

TEST_CASE("what cannot be a source") {
  RecordedNotices notices;
  const Configuration configuration = read(three_sources);
  const auto refused = [&](const std::string& name) {
    try {
      select_sources({name}, configuration, {}, notices);
    } catch (const Error& error) {
      CHECK(error.kind() == ErrorKind::usage);
      return std::string(error.what()) + " | " + error.hint();
    }
    return std::string("selected");
  };
  CHECK(refused("prdo") ==
        "--source: there is no source 'prdo' | did you mean 'prod'? (known: prod, cache, unset, both)");
  const std::string scheme = refused("mysql://u:CANARY-7f3a@h/d");
  CHECK(scheme.find("redis") != std::string::npos);
  CHECK(scheme.find("CANARY") == std::string::npos);
  const Source unset = select_sources({"unset"}, configuration, {}, notices).at(0);
  CHECK_THROWS_WITH_AS(check_variable(unset), "source 'unset' needs the environment variable NOT_SET", Error);
  CHECK_THROWS_AS(select_sources({"a"}, read("[sources.s]\nurl = \"redis://h\"\n[groups]\na = [\"a\"]\n"), {}, notices),
                  Error);
}

TEST_CASE("a password in --source is warned of, a foreign DATABASE_URL passed over") {
  RecordedNotices notices;
  select_sources({"redis://:pw@h"}, default_configuration(), {}, notices);
  REQUIRE(notices.warnings.size() == 1);
  CHECK(notices.warnings[0].find("pw@h") == std::string::npos);
  CHECK(select_sources({}, default_configuration(), {{"DATABASE_URL", "mysql://h/d"}}, notices).empty());
  REQUIRE(notices.notes.size() == 1);
  CHECK(notices.notes[0].starts_with("DATABASE_URL is not used: "));
}

TEST_CASE("a URL as another program writes it is warned of where it holds a password, and only there") {
  const auto warnings = [](const std::string& url) {
    RecordedNotices notices;
    select_sources({url}, read(""), {}, notices);
    return notices.warnings.size();
  };
  for (const char* scheme : {"jdbc:postgresql", "postgresql+asyncpg", "postgis", "postgresql"}) {
    CAPTURE(scheme);
    CHECK(warnings(std::string(scheme) + "://db/app") == 0);
    CHECK(warnings(std::string(scheme) + "://user:secret@db/app") == 1);
  }
}

TEST_CASE("passwords come from a command, without a shell, or from REDISCLI_AUTH") {
  const Environment environment{{"PATH", "/usr/bin:/bin"}, {"REDISCLI_AUTH", "from-variable"}};
  Source source;
  source.name = "cache";
  source.url = Secret("redis://h");
  fetch_password(source, environment);
  CHECK(source.password->reveal() == "from-variable");
  source.password_command = {"printf", "%s\n%s\n", "a b;c", "second line"};
  fetch_password(source, environment);
  CHECK(source.password->reveal() == "a b;c");
  source.password_command = {"env"};
  fetch_password(source, {{"PATH", "/usr/bin:/bin"}, {"PGPASSWORD", "x"}, {"U", "redis://:pw@h"}});
  CHECK(source.password->reveal() == "PATH=/usr/bin:/bin");
  source.password_command = {"false"};
  CHECK_THROWS_WITH_AS(fetch_password(source, environment), "password_command failed with exit code 1", Error);
  source.password_command = {"no-such-program-here"};
  CHECK_THROWS_WITH_AS(fetch_password(source, environment), "there is no program 'no-such-program-here'", Error);
  // One that prints without end, and those that never end: with their output open, and with it closed.
  source.password_command = {"yes"};
  CHECK_THROWS_WITH_AS(fetch_password(source, environment), "password_command printed more than 64 KiB and was ended",
                       Error);
  for (const char* line : {"exec sleep 1000", "exec >&-; exec sleep 1000"}) {
    source.password_command = {"sh", "-c", line};
    CHECK_THROWS_WITH_AS(fetch_password(source, environment, std::chrono::milliseconds(100)),
                         "password_command did not end within 100ms", Error);
  }
  source.password_command.clear();
  source.password.reset();
  source.url = Secret("redis://:own@h");
  fetch_password(source, environment);
  CHECK(!source.password);
}
