#include "backends/open.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "backends/drivers/postgres/connection.hpp"
#include "backends/drivers/redis/connection.hpp"
#include "backends/drivers/sqlite/connection.hpp"
#include "backends/engines/redis/open.hpp"
#include "backends/engines/sql/store.hpp"
#include "backends/results_url.hpp"
#include "backends/systems/catalogue.hpp"
#include "backends/systems/described.hpp"
#include "backends/systems/foreign.hpp"
#include "backends/systems/outcomes.hpp"
#include "model/connection_url.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

struct Scheme {
  std::string_view name;
  StorageFamily family;
};

constexpr std::array schemes{
    Scheme{"postgresql", StorageFamily::postgresql}, Scheme{"postgres", StorageFamily::postgresql},
    Scheme{"redis", StorageFamily::redis},           Scheme{"rediss", StorageFamily::redis},
    Scheme{"redis+sentinel", StorageFamily::redis},  Scheme{"redis+cluster", StorageFamily::redis},
    Scheme{"redis+unix", StorageFamily::redis},      Scheme{"unix", StorageFamily::redis},
    Scheme{"sqlite", StorageFamily::sqlite}};

/// The systems to look for: the named one, or all that `belongs`.
template <typename System, typename Belongs>
std::vector<const System*> wanted(std::span<const System* const> all, const Source& source, Belongs belongs) {
  std::vector<const System*> systems;
  for (const System* system : all)
    if (belongs(*system) && (!source.system || system->info.name == *source.system)) systems.push_back(system);
  return systems;
}

/// A session and what was made for the tables it found: whoever keeps the session keeps it all.
struct HeldSession {
  std::shared_ptr<SqlConnection> connection;
  std::vector<std::shared_ptr<const DescribedSystem>> descriptions;
  std::vector<std::shared_ptr<const SqlSystem>> described;
};

void check_named_system(const Source& source, StorageFamily family, const Catalogue& catalogue) {
  if (!source.system) return;
  const std::vector<StorageFamily> families = catalogue.families(*source.system);
  if (families.empty()) {
    std::vector<std::string> names;
    for (const SystemInfo* known : catalogue.systems()) names.emplace_back(known->name);
    throw Error(ErrorKind::usage, fmt::format("source '{}' names an unknown system '{}'", source.name, *source.system))
        .with_hint(fmt::format("known systems: {}", fmt::join(names, ", ")));
  }
  if (std::ranges::find(families, family) == families.end()) {
    std::vector<std::string_view> words;
    for (const StorageFamily one : families) words.push_back(to_word(one));
    throw Error(ErrorKind::usage, fmt::format("source '{}' is {} but its system '{}' lives in {}", source.name,
                                              to_word(family), *source.system, fmt::join(words, " or ")));
  }
}

/// The descriptions that do not fit are all that is there, and perhaps `foreign`.
[[noreturn]] void only_misfits(std::vector<Error> misfits, const std::vector<std::string_view>& foreign) {
  Error first = std::move(misfits.front());
  for (std::size_t i = 1; i < misfits.size(); ++i) first.while_doing(misfit_note(misfits[i]).text);
  if (!foreign.empty())
    first.while_doing(fmt::format("the tables of {} are there, which queuetrace does not read by itself",
                                  fmt::join(foreign, " and ")));
  throw first;
}

/// `foreign`: what is there instead.
[[noreturn]] void nothing_found(const Source& source, StorageFamily family, const Catalogue& catalogue,
                                const std::vector<std::string_view>& foreign) {
  std::vector<std::string_view> names;
  for (const SystemInfo* system : catalogue.systems()) {
    const std::vector<StorageFamily> families = catalogue.families(system->name);
    const bool there = std::ranges::find(families, family) != families.end();
    if (there && (!source.system || system->name == *source.system)) names.push_back(system->name);
  }
  if (!foreign.empty())
    throw Error(ErrorKind::not_found,
                fmt::format("source '{}' holds {}, which queuetrace does not read ({})", source.name,
                            fmt::join(foreign, " and "), masked_url(source.url.reveal())))
        .with_hint(fmt::format("it reads {}", fmt::join(names, ", ")));
  throw Error(ErrorKind::not_found,
              fmt::format("no queue system found in source '{}' ({})", source.name, masked_url(source.url.reveal())))
      .with_hint(fmt::format(
          "looked for {}; {}", fmt::join(names, ", "),
          family == StorageFamily::redis
              ? "where keys are renamed, name the system and its keys in the configuration (queuetrace-config(5))"
              : "where the tables are in another schema, set `schema` in the configuration"));
}

}  // namespace

StorageFamily family_of(const Source& source) {
  const std::string& text = source.url.reveal();
  const std::size_t colon = text.find(':');
  const std::size_t equals = text.find('=');
  if (equals != std::string::npos && (colon == std::string::npos || equals < colon)) return StorageFamily::postgresql;
  const std::string_view name =
      colon == std::string::npos ? std::string_view() : std::string_view(text).substr(0, colon);
  for (const Scheme& scheme : schemes)
    if (scheme.name == name) return scheme.family;
  std::vector<std::string_view> names;
  for (const Scheme& scheme : schemes) names.push_back(scheme.name);
  throw Error(ErrorKind::usage,
              fmt::format("source '{}' is not a connection URL of a known kind: {}", source.name, masked_url(text)))
      .with_hint(fmt::format("URLs begin with one of {}", fmt::join(names, ", ")));
}

std::vector<std::unique_ptr<JobStore>> open_stores(const Source& given, Access access, const Catalogue& catalogue) {
  const Source source = with_results_of_url(given);
  const StorageFamily family = family_of(source);
  check_named_system(source, family, catalogue);
  if (family != StorageFamily::redis && source.keys.contains(std::string(results_url_option)))
    throw Error(ErrorKind::usage,
                fmt::format("source '{}' names results, which only sources in Redis have", source.name))
        .with_hint(fmt::format("leave {} out", results_url_option));
  std::vector<std::unique_ptr<JobStore>> stores;
  std::vector<std::string_view> foreign;
  if (family == StorageFamily::redis) {
    const std::vector<const RedisSystem*> systems =
        wanted<RedisSystem>(catalogue.redis, source, [](const RedisSystem&) { return true; });
    stores =
        open_redis_stores(connect_redis(source, access), source, systems, catalogue.foreign_redis, redis_outcomes());
  } else {
    const SqlFlavour flavour = family == StorageFamily::sqlite ? SqlFlavour::sqlite : SqlFlavour::postgresql;
    std::vector<const SqlSystem*> systems = wanted<SqlSystem>(
        catalogue.sql, source, [flavour](const SqlSystem& system) { return system.flavour == flavour; });
    const auto held = std::make_shared<HeldSession>();
    held->connection =
        flavour == SqlFlavour::sqlite ? connect_sqlite(source, access) : connect_postgres(source, access);
    held->descriptions = catalogue.described;
    FittedSystems fitted = fit_described(catalogue, *held->connection, source);
    held->described = std::move(fitted.systems);
    for (const std::shared_ptr<const SqlSystem>& system : held->described) systems.push_back(system.get());
    const std::shared_ptr<SqlConnection> connection(held, held->connection.get());
    std::vector<Finding> misfits;
    for (const Error& misfit : fitted.misfits) misfits.push_back(misfit_note(misfit));
    stores = open_sql_stores(connection, source, systems, std::move(misfits));
    if (stores.empty() && !source.system)
      foreign = titles_shown(*connection, foreign_table_signs(), source.statement_timeout);
    if (stores.empty() && !fitted.misfits.empty()) only_misfits(std::move(fitted.misfits), foreign);
  }
  if (stores.empty()) nothing_found(source, family, catalogue, foreign);
  return stores;
}

}  // namespace queuetrace
