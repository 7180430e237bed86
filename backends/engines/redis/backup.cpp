// What must be put back for a job: its element and place, or its keys and its parts of shared keys.
#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/administration.hpp"
#include "backends/engines/redis/backup_content.hpp"
#include "backends/engines/redis/belongings_reader.hpp"
#include "backends/engines/redis/expiry.hpp"
#include "backends/engines/redis/own_keys.hpp"
#include "backends/engines/redis/walker.hpp"
#include "model/error.hpp"

namespace queuetrace {
std::vector<BackupRecord> RedisAdministration::back_up(std::span<const Target> targets, const ReadLimits&) {
  std::vector<Locator> locators;
  for (const Target& target : targets) {
    locators.push_back(read_redis_locator(target.locator));
    require_own(locators.back(), keys_.place_of(locators.back().key), keys_);
  }
  const std::set<std::size_t> missing = search_.find(connection(), locators);
  // Elements of lists that are jobs by themselves belong to nothing else.
  const bool all_alone =
      keys_.system().change.belongings == nullptr &&
      std::ranges::all_of(locators, [](const Locator& locator) { return locator.in_list() && locator.record.empty(); });
  std::vector<std::optional<BackedUpJob>> jobs(targets.size(), BackedUpJob());
  if (!all_alone) {
    const std::vector<std::string> holders = holders_of_parts();
    jobs = read_belongings(keys_, locators, holders);
  }
  const Timestamp now = keys_.server_time();
  std::optional<ExpiryQuestions> questions;
  std::map<std::string, std::optional<std::int64_t>> expiries;
  std::vector<BackupRecord> records;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    Locator& locator = locators[i];
    if (!jobs[i] || missing.contains(i) || (locator.has_element() && !locator.element)) continue;
    if (locator.in_list()) {
      auto expiry = expiries.find(locator.key);
      if (expiry == expiries.end()) {
        if (!questions) questions.emplace(connection(), locator.key);
        const Reply life = connection().ask(questions->about(locator.key), "read when a list expires");
        expiry = expiries.emplace(locator.key, questions->moment(life, now)).first;
      }
      jobs[i]->element = BackedUpElement{locator.key, *std::move(locator.element), locator.from_head, locator.position,
                                         expiry->second};
    } else if (jobs[i]->keys.empty() && jobs[i]->parts.empty()) {
      continue;
    }
    records.push_back({targets[i].job.ref.id, to_content(*jobs[i])});
    jobs[i].reset();  // held once
  }
  return records;
}

}  // namespace queuetrace
