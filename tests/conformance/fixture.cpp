#include "tests/conformance/fixture.hpp"

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "backends/drivers/sqlite/connection.hpp"
#include "backends/engines/sql/system.hpp"
#include "backends/open.hpp"
#include "backends/systems/catalogue.hpp"
#include "cli/config.hpp"
#include "formatters/formatter.hpp"
#include "formatters/job_record.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/sqlite_file.hpp"

namespace queuetrace::test {
namespace {

std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// The recipe that the fixture names; absent: none.
std::optional<SystemDescription> recipe_of(const nlohmann::json& expected) {
  if (!expected.contains("recipe")) return std::nullopt;
  const std::string file = RECIPES "/" + expected["recipe"].get<std::string>() + ".toml";
  const Configuration configuration = parse_configuration(read_file(file), file, {});
  if (!configuration.problems.empty()) throw std::runtime_error(file + ": " + configuration.problems.front().text);
  return configuration.systems.at(0);
}

/// Of the system whose folder is `only`; empty: of each.
std::vector<Fixture> find_fixtures(const std::string& only) {
  std::vector<Fixture> fixtures;
  for (const auto& system : std::filesystem::directory_iterator(TEST_SYSTEMS)) {
    if (!std::filesystem::exists(system.path() / "fixtures")) continue;
    if (!only.empty() && system.path().filename() != only) continue;
    for (const auto& variant : std::filesystem::directory_iterator(system.path() / "fixtures")) {
      nlohmann::json expected = nlohmann::json::parse(read_file(variant.path() / "expected.json"));
      std::optional<SystemDescription> recipe = recipe_of(expected);
      fixtures.push_back({system.path().filename().string() + "/" + variant.path().filename().string(),
                          variant.path(),
                          std::move(expected),
                          {},
                          std::move(recipe)});
    }
  }
  if (fixtures.empty()) throw std::runtime_error("no conformance fixtures in " TEST_SYSTEMS "/" + only);
  std::sort(fixtures.begin(), fixtures.end(),
            [](const Fixture& left, const Fixture& right) { return left.name < right.name; });
  return fixtures;
}

std::vector<Fixture> add_variations(const std::vector<Fixture>& fixtures) {
  std::vector<Fixture> out;
  for (const Fixture& fixture : fixtures) {
    out.push_back(fixture);
    if (!std::filesystem::exists(fixture.folder / "variations")) continue;
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(fixture.folder / "variations"))
      files.push_back(file.path());
    std::sort(files.begin(), files.end());
    for (const std::filesystem::path& file : files)
      out.push_back(
          {fixture.name + "/" + file.stem().string(), fixture.folder, fixture.expected, file, fixture.description});
  }
  return out;
}

std::unique_ptr<PostgresDatabase> database_of(const std::string& encoding, const Fixture& fixture) {
  auto database = std::make_unique<PostgresDatabase>();
  // Nothing is in it yet.
  database->run("UPDATE pg_database SET encoding = pg_char_to_encoding('" + encoding +
                "') WHERE datname = current_database(); ALTER DATABASE " + database->name() +
                " SET client_encoding = 'UTF8'");
  database->run_file(fixture.folder / "load.sql");
  if (!fixture.variation.empty()) database->run_file(fixture.variation);
  return database;
}

/// One statement that makes a digest of every row of every table of the database.
constexpr const char* postgres_digest = R"sql(
SELECT md5(coalesce(string_agg(table_name || query_to_xml(format('SELECT * FROM %I.%I t ORDER BY t::text', table_schema, table_name),
                                                          true, false, '')::text, '|' ORDER BY table_schema, table_name), ''))
FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE')sql";

}  // namespace

const std::vector<Fixture>& all_fixtures() {
  const char* only = std::getenv("QUEUETRACE_CONFORMANCE");
  static const std::vector<Fixture> fixtures = find_fixtures(only == nullptr ? "" : only);
  return fixtures;
}

const std::vector<Fixture>& fixtures_of_every_system() {
  static const std::vector<Fixture> fixtures = find_fixtures("");
  return fixtures;
}

std::set<std::string> systems_of(const std::vector<Fixture>& fixtures) {
  std::set<std::string> systems;
  for (const Fixture& fixture : fixtures) systems.insert(fixture.expected.at("system").get<std::string>());
  return systems;
}

const std::vector<Fixture>& all_fixtures_and_variations() {
  static const std::vector<Fixture> fixtures = add_variations(all_fixtures());
  return fixtures;
}

Catalogue Fixture::catalogue() const { return description ? catalogue_with({*description}) : built_in_catalogue(); }

bool Fixture::in_postgres() const { return std::filesystem::exists(folder / "load.sql"); }
bool Fixture::in_sqlite() const { return std::filesystem::exists(folder / "load.sqlite.sql"); }
bool Fixture::in_redis() const { return std::filesystem::exists(folder / "load.redis"); }

LoadedFixture& loaded_for_reading(const Fixture& fixture) {
  constexpr std::size_t most = 12;  // servers and sessions at once
  static std::deque<std::pair<std::string, std::unique_ptr<LoadedFixture>>> kept;
  const auto found = std::ranges::find(kept, fixture.name, [](const auto& one) { return one.first; });
  if (found != kept.end()) return *found->second;
  if (kept.size() == most) kept.pop_front();
  kept.emplace_back(fixture.name, std::make_unique<LoadedFixture>(fixture));
  return *kept.back().second;
}

struct LoadedFixture::Server {
  std::unique_ptr<PostgresDatabase> postgres;
  std::unique_ptr<RedisServer> redis;
  std::unique_ptr<SqliteFile> sqlite;
};

LoadedFixture::LoadedFixture(const Fixture& fixture, const std::string& encoding)
    : server_(std::make_unique<Server>()),
      least_actions_(fixture.expected.value("least_actions", 4)),
      catalogue_(fixture.catalogue()),
      described_(fixture.description.has_value()) {
  if (fixture.in_postgres()) {
    server_->postgres = encoding.empty()
                            ? std::make_unique<PostgresDatabase>(fixture.folder / "load.sql", fixture.variation)
                            : database_of(encoding, fixture);
    source_ = server_->postgres->source();
  } else if (fixture.in_sqlite()) {
    server_->sqlite = std::make_unique<SqliteFile>(read_file(fixture.folder / "load.sqlite.sql"));
    source_ = server_->sqlite->source();
  } else {
    server_->redis = std::make_unique<RedisServer>(std::vector<std::string>{"--enable-debug-command", "yes"});
    server_->redis->load(fixture.folder / "load.redis");
    source_.url = Secret("unix://" + server_->redis->socket_path());
  }
  only_read_ = !fixture.expected.value("changes", true);
  source_.name = "fixture";
  const nlohmann::json settings = fixture.expected.value("source", nlohmann::json::object());
  if (settings.contains("schema")) source_.schema = settings["schema"].get<std::string>();
  if (settings.contains("system")) source_.system = settings["system"].get<std::string>();
  if (settings.contains("keys")) source_.keys = settings["keys"].get<std::map<std::string, std::string>>();
  if (settings.contains("system_config"))
    source_.system_config = fixture.folder / settings["system_config"].get<std::string>();
  stores_ = open_stores(source_, Access::read, catalogue_);
}

JobStore& LoadedFixture::writable() {
  if (writable_.empty()) writable_ = open_stores(source_, Access::write, catalogue_);
  return *writable_.front();
}

LoadedFixture::~LoadedFixture() {
  stores_.clear();
  writable_.clear();
}

std::vector<std::unique_ptr<JobStore>> LoadedFixture::open_again() const {
  return open_stores(source_, Access::read, catalogue_);
}

const PostgresDatabase* LoadedFixture::database() const { return server_->postgres.get(); }
RedisServer* LoadedFixture::redis() const { return server_->redis.get(); }

std::vector<std::unique_ptr<JobStore>> LoadedFixture::open_again(Access access, const std::string& user) const {
  Source source = source_;
  if (!user.empty() && server_->postgres) source.url = Secret(server_->postgres->url(user));
  return open_stores(source, access, catalogue_);
}

std::string LoadedFixture::digest() const {
  if (server_->postgres) return server_->postgres->ask(postgres_digest);
  if (server_->sqlite) return read_file(server_->sqlite->path());
  const std::string digest = server_->redis->ask({"DEBUG", "DIGEST"});
  if (digest.size() != 40) throw std::runtime_error("no digest: " + digest);
  return digest;
}

JobTable live_table(const Fixture& fixture, const LoadedFixture& loaded) {
  std::string names;  // of all forms of the system
  if (fixture.description) names = "'" + fixture.description->tables.front().table + "'";
  for (const SqlSystem* system : sql_systems())
    if (system->info.name == fixture.expected.at("system").get<std::string>())
      names += (names.empty() ? "'" : ", '") + std::string(system->relations.front().table) + "'";
  std::string from =
      " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND c.relname IN "
      "(" +
      names + ")";
  if (loaded.source().schema) from += " AND n.nspname = $$" + *loaded.source().schema + "$$";
  from += " ORDER BY c.oid LIMIT 1";
  return {loaded.database()->ask("SELECT n.nspname" + from), loaded.database()->ask("SELECT c.relname" + from)};
}

std::vector<std::string> job_tables(const Fixture& fixture) {
  std::vector<std::string> names;
  if (fixture.description)
    for (const TableDescription& table : fixture.description->tables) names.push_back(table.table);
  for (const SqlSystem* system : sql_systems())
    if (system->info.name == fixture.expected.at("system").get<std::string>())
      for (const SqlRelation& relation : system->relations)
        names.push_back(std::string(relation.table) + (relation.family == nullptr ? "" : ".*"));
  return names;
}

std::vector<Job> list_all(JobStore& store, JobQuery query) {
  std::vector<Job> jobs;
  query.after.reset();
  for (int pages = 0; pages < 10'000; ++pages) {
    Page page = store.list(query);
    for (Job& job : page.jobs) jobs.push_back(std::move(job));
    if (!page.next) return jobs;
    query.after = page.next;
  }
  throw std::runtime_error("a listing does not end");
}

nlohmann::json as_json(const Job& job) {
  std::ostringstream text;
  FormatterOptions options;
  options.show_secrets = true;
  const std::unique_ptr<Formatter> formatter = find_output_format("jsonl")->make(text, options);
  formatter->begin(Heading{"queuetrace.jobs/1", "jobs", job_columns()});
  formatter->row(job_record(job, {}));
  formatter->end({});
  return nlohmann::json::parse(text.str());
}

std::vector<std::string> ids_of(const std::vector<Job>& jobs) {
  std::vector<std::string> ids;
  for (const Job& job : jobs) ids.push_back(job.ref.id.raw());
  return ids;
}

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string text;
  for (const std::string& one : texts) text += (text.empty() ? "" : "\n") + one;
  return text;
}

}  // namespace queuetrace::test
