// A URL of a place that the configuration protects is protected, however it is written.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "cli/config.hpp"
#include "cli/sources.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace queuetrace;

namespace {

struct NoNotices : Notices {
  void note(const std::string&) override {}
  void warning(const std::string&) override {}
  void progress(const std::string&) override {}
  void ask(const std::string&) override {}
};

/// Whether the named source is protected where `url` is.
bool is_protected(const std::string& url, const std::string& named) {
  const Configuration configuration =
      parse_configuration("[sources.shop]\nurl = '" + url + "'\nprotected = true\n", "/c.toml", {});
  NoNotices notices;
  return select_sources({named}, configuration, {}, notices).at(0).is_protected;
}

}  // namespace

TEST_CASE("a URL of a protected place is protected as its source is") {
  const auto same = [](const std::string& url, const std::string& named) {
    CAPTURE(url);
    CAPTURE(named);
    CHECK(is_protected(url, named));
    CHECK(is_protected(named, url));
  };
  const auto differs = [](const std::string& url, const std::string& named) {
    CAPTURE(url);
    CAPTURE(named);
    CHECK_FALSE(is_protected(url, named));
    CHECK_FALSE(is_protected(named, url));
  };
  for (const char* url :
       {"postgresql:///shop?host=/srv/pg&port=5433", "postgres://app@/shop?port=5433&host=/srv/pg/",
        "host=/srv/pg port=5433 dbname=shop", "postgresql://%2Fsrv%2Fpg:5433/shop?application_name=x"})
    same("postgresql:///shop?host=/srv/pg&port=5433&user=reader", url);
  CHECK(is_protected("postgresql:///shop?host=/srv/pg", "postgresql+asyncpg:///shop?host=/srv/pg"));
  for (const char* url : {"postgresql://DB.example/shop", "postgresql://db.example./shop?sslmode=require",
                          "postgresql://other,db.example/shop", "host=db.example dbname=shop"})
    same("postgresql://me@db.example:5432/shop", url);
  same("postgresql:///shop", "postgresql://127.0.0.1/shop");
  same("postgresql://localhost/shop", "postgresql://[::1]:5432/shop?user=me");
  same("postgresql:///shop", "postgresql:///shop?host=/var/run/postgresql");
  same("postgresql://shop@db", "postgresql://db/shop");
  for (const char* url : {"postgresql://db.example/other", "postgresql://db.example:5433/shop",
                          "postgresql://db2.example/shop", "redis://db.example:5432/0", "sqlite:shop"})
    differs("postgresql://db.example/shop", url);
  for (const char* url :
       {"redis://cache:6379/0", "rediss://user@CACHE", "redis://cache?db=0", "redis+cluster://a,cache"})
    same("redis://cache", url);
  for (const char* url : {"redis://cache/1", "redis://cache:6380", "redis+sentinel://cache:6379/main"})
    differs("redis://cache", url);
  same("unix:///run/redis.sock?db=2", "redis+unix:///run/../run/redis.sock?db=2");
  differs("unix:///run/redis.sock?db=2", "unix:///run/redis.sock");
  same("redis+sentinel://a,b/main", "redis+sentinel://b:26379/main/0");
  differs("redis+sentinel://a,b/main", "redis+sentinel://b/other");
}

TEST_CASE("a file has one protection under all of its names") {
  const testing::TemporaryFolder folder;
  const std::filesystem::path file = folder.path() / "jobs.db";
  std::ofstream(file) << "x";
  std::filesystem::create_symlink(file, folder.path() / "link.db");
  std::filesystem::create_hard_link(file, folder.path() / "hard.db");
  const std::string name = folder.path().string();
  for (const std::string& other :
       {name + "/jobs.db", "sqlite:///" + name + "/./jobs.db", name + "/link.db", name + "/hard.db"})
    CHECK_MESSAGE(is_protected("sqlite:" + file.string(), other), other);
  CHECK_FALSE(is_protected("sqlite:" + file.string(), name + "/other.db"));
}

TEST_CASE("a URL of a read_only place is read_only as its source is") {
  const Configuration configuration = parse_configuration(
      "[sources.mirror]\nurl = 'postgresql://db.example/shop'\nread_only = true\n[sources.other]\nurl = "
      "'redis://cache'\n",
      "/c.toml", {});
  NoNotices notices;
  const auto named = [&](const std::string& url, const Environment& environment = {}) {
    std::vector<std::string> names;
    if (!url.empty()) names.push_back(url);
    return select_sources(names, configuration, environment, notices).at(0);
  };
  for (const char* url : {"postgresql://me@DB.example.:5432/shop?sslmode=require", "host=db.example dbname=shop",
                          "postgresql+asyncpg://db.example/shop"}) {
    CAPTURE(url);
    CHECK(named(url).read_only);
  }
  CHECK(named("", {{"QUEUETRACE_SOURCE", "postgresql://me@db.example/shop"}}).read_only);
  CHECK_FALSE(named("postgresql://db.example/other").read_only);
  CHECK_FALSE(named("redis://cache").read_only);
}
