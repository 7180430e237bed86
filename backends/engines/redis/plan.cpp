// What can be done in Redis, and what would be done to which jobs.
#include <fmt/format.h>

#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/administration.hpp"
#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/list_change.hpp"
#include "backends/engines/redis/listing.hpp"
#include "backends/engines/redis/pauses.hpp"
#include "model/count_words.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

Deployment from_the_other_end(Deployment deployment) {
  for (Place& place : deployment.places) {
    if (place.container != Container::list) continue;
    place.newest = place.newest == ListEnd::head ? ListEnd::tail : ListEnd::head;
    place.append_only = false;  // that describes the other end
  }
  return deployment;
}

}  // namespace

RedisAdministration::RedisAdministration(RedisKeyspace& keys)
    : keys_(keys), oldest_first_(keys.shared_connection(), keys.system(), from_the_other_end(keys.deployment())) {}

const RedisActionRule* RedisAdministration::rule_for(ActionKind action) const {
  for (const RedisActionRule& rule : keys_.system().change.actions)
    if (rule.action == action) return &rule;
  return nullptr;
}

std::vector<std::string> RedisAdministration::holders_of_parts() {
  const auto holders = keys_.system().change.holders;
  return holders == nullptr ? std::vector<std::string>() : holders(connection());
}

ActionOffer RedisAdministration::refused(std::optional<ActionKind> action, std::string_view word) const {
  ActionOffer offer;
  for (const RedisRefusal& refusal : keys_.system().change.refusals) {
    if (refusal.action != action) continue;
    offer.reason = refusal.reason;
    offer.nearest = refusal.nearest;
    return offer;
  }
  offer.reason = fmt::format("{} has no way to {}", keys_.system().info.title, word);
  return offer;
}

ActionOffer RedisAdministration::offer(const Action& action) const {
  const RedisActionRule* rule = rule_for(action.kind);
  if (rule == nullptr) return refused(action.kind, fmt::format("{} jobs", to_word(action.kind)));
  ActionOffer offer;
  offer.possible = true;
  offer.effect = rule->effect;
  offer.removes = rule->removes || action.kind == ActionKind::erase;
  if (!rule->warning.empty()) offer.warnings.emplace_back(rule->warning);
  return offer;
}

/// An element with so many others before it, at both ends, that looking for it would hold the server up.
void RedisAdministration::warn_about_depth(TargetPage& page, const Action& action) {
  std::vector<Locator> locators;
  std::map<std::string, std::uint64_t> lengths;
  for (const Target& target : page.targets) {
    locators.push_back(read_redis_locator(target.locator));
    if (locators.back().in_list()) lengths.emplace(locators.back().key, 0);
  }
  std::vector<RedisCommand> commands;
  for (const auto& [key, length] : lengths) commands.push_back({"LLEN", key});
  const std::vector<Reply> replies = commands.empty() ? std::vector<Reply>() : connection().pipeline(commands);
  std::size_t next = 0;
  for (auto& [key, length] : lengths)
    length = static_cast<std::uint64_t>(std::max<std::int64_t>(0, replies[next++].integer()));
  std::uint64_t deep = 0;
  for (std::size_t i = 0; i < page.targets.size(); ++i) {
    Target& target = page.targets[i];
    const Locator& locator = locators[i];
    if (!locator.in_list() || target.verdict != Verdict::act) continue;
    std::uint64_t& before = planned_[locator.key];  // those go first
    const std::uint64_t length = lengths[locator.key];
    const std::uint64_t near = locator.position > before ? locator.position - before : 0;
    const std::uint64_t far = length > locator.position ? length - locator.position - 1 : 0;
    if (std::min(near, far) >= deepest_element) {
      ++deep;
      if (!action.force) {
        target.verdict = Verdict::skip;
        target.may_force = true;
        target.reason = count_words(std::min(near, far), "element lies", "elements lie") +
                        " before it at the nearer end of its list: looking for it would hold the server up for "
                        "milliseconds";
        continue;
      }
    }
    ++before;
  }
  if (deep > 0)
    page.warnings.push_back(fmt::format(
        "{} more than {} deep inside their lists: {}", count_words(deep, "element lies", "elements lie"),
        grouped(deepest_element),
        action.force ? "each of them holds the server up for as long as it takes to find it" : "left alone"));
}

TargetPage RedisAdministration::plan(const Action& action, const JobQuery& query) {
  const ActionOffer offered = offer(action);
  if (!offered.possible) throw Error(ErrorKind::refused, offered.reason).with_hint(offered.nearest);
  presence_ = {};  // a restore that went before is over
  const RedisActionRule& rule = *rule_for(action.kind);
  if (rule.require != nullptr) rule.require(action, keys_.deployment());
  if (!query.after) {
    planned_.clear();
    search_.forget();
  }
  JobQuery asked = query;
  asked.order = JobOrder::storage;
  asked.locators = true;
  oldest_first_.set_address(keys_.address());
  connection().discard_outstanding();
  Page page = Listing(action.front ? keys_ : oldest_first_, asked).run();
  TargetPage out{{}, page.next, page.scanned, page.truncated, std::move(page.warnings)};
  for (Job& job : page.jobs) {
    Target& target = out.targets.emplace_back();
    Judgement judged = rule.judge(action, job, keys_.deployment());
    if (has_note(job, cut_note))
      judged = {Verdict::skip, "it is larger than 16 MiB: too large to be compared with what is there", false, {}};
    target.verdict = judged.verdict;
    target.reason = judged.reason;
    target.may_force = judged.may_force;
    target.effect = judged.effect;
    target.locator = std::move(job.locator);
    job.locator.clear();
    job.payload.reset();
    job.result.reset();
    target.job = std::move(job);
  }
  ask_questions(out, rule);
  warn_about_depth(out, action);
  note_record_sizes(out);
  return out;
}

void RedisAdministration::ask_questions(TargetPage& page, const RedisActionRule& rule) {
  if (rule.question.ask == nullptr) return;
  std::vector<std::pair<Target*, std::size_t>> asked;  // with the number of its answers
  std::vector<RedisCommand> commands;
  for (Target& target : page.targets) {
    if (target.verdict != Verdict::act) continue;
    const std::vector<RedisCommand> more =
        rule.question.ask(target.job, read_redis_locator(target.locator), keys_.deployment());
    if (more.empty()) continue;
    commands.insert(commands.end(), more.begin(), more.end());
    asked.emplace_back(&target, more.size());
  }
  if (asked.empty()) return;
  const std::vector<Reply> replies = connection().pipeline(commands);
  std::size_t next = 0;
  for (const auto& [target, answers] : asked) {
    const Judgement judged = rule.question.judge(std::span(replies).subspan(next, answers));
    next += answers;
    if (judged.verdict == Verdict::act) continue;
    target->verdict = judged.verdict;
    target->reason = judged.reason;
    target->may_force = judged.may_force;
  }
}

void RedisAdministration::note_record_sizes(TargetPage& page) {
  if (keys_.system().read.record.empty() || !keys_.records_may_be_large()) return;
  std::vector<std::pair<Target*, Locator>> records;
  std::vector<RedisCommand> commands;
  for (Target& target : page.targets) {
    if (target.verdict != Verdict::act) continue;
    Locator locator = read_redis_locator(target.locator);
    if (locator.record.empty()) continue;
    commands.push_back({"MEMORY", "USAGE", locator.record, "SAMPLES", "0"});
    records.emplace_back(&target, std::move(locator));
  }
  if (commands.empty()) return;
  const std::vector<Reply> replies = connection().pipeline(commands);
  for (std::size_t i = 0; i < records.size(); ++i) {
    auto& [target, locator] = records[i];
    if (!replies[i].is(Reply::Type::integer)) continue;  // gone, or not to be asked
    locator.record_size = static_cast<std::uint64_t>(std::max<std::int64_t>(0, replies[i].integer()));
    target->locator = to_text(locator);
  }
}

std::uint64_t RedisAdministration::bytes_of(const Target& target) const {
  const Locator locator = read_redis_locator(target.locator);
  return locator.size + locator.record_size;
}

ActionOffer RedisAdministration::offer_pause() const {
  const RedisPausing& rule = keys_.system().pause;
  if (!keys_.system().can_pause()) return refused(std::nullopt, "pause queues");
  ActionOffer offer;
  offer.possible = true;
  offer.effect = rule.effect;
  if (!rule.warning.empty()) offer.warnings.emplace_back(rule.warning);
  return offer;
}

std::vector<QueueStatistics> RedisAdministration::paused_among(const std::vector<std::string>& queues,
                                                               const ReadLimits&) {
  std::vector<QueueStatistics> paused;
  if (queues.empty() || !offer_pause().possible) return paused;
  const QueuePauses pauses = QueuePauses::read(keys_, queues);
  for (const std::string& queue : queues)
    if (const QueuePause* pause = pauses.find(queue)) {
      QueueStatistics& one = paused.emplace_back();
      one.queue = Untrusted(queue);
      one.paused = true;
      one.pause = *pause;
    }
  return paused;
}

TargetReport RedisAdministration::set_paused(const PauseChange& change) {
  const ActionOffer offered = offer_pause();
  if (!offered.possible) throw Error(ErrorKind::refused, offered.reason).with_hint(offered.nearest);
  return change_pause(keys_, change);
}

}  // namespace queuetrace
