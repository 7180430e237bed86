// Puts elements and records back where nothing is in their way.
#include <algorithm>

#include "backends/drivers/redis/hash_slot.hpp"
#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/administration.hpp"
#include "backends/engines/redis/backup_content.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/own_keys.hpp"
#include "backends/engines/redis/restore_script.hpp"
#include "backends/engines/redis/script_runner.hpp"
#include "backends/engines/redis/walker.hpp"
#include "model/error.hpp"
#include "model/fingerprint.hpp"

namespace queuetrace {
namespace {

Pairs sorted(Pairs pairs) {
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

/// Every element of a list, in windows of bounded size. Throws Error{timed_out} at the limits: then nothing is known
/// of it.
template <typename Each>
void for_each_element(RedisConnection& connection, const std::string& key, const ReadLimits& limits, Each each) {
  WindowSize fits(0, 0);
  for (std::uint64_t at = 0;;) {
    if (limits.stop.stop_requested() || std::chrono::steady_clock::now() >= limits.deadline)
      throw Error(ErrorKind::timed_out, "stopped while looking for what is there again");
    const std::uint64_t size = fits.most();
    const Reply window =
        connection.ask({"LRANGE", key, std::to_string(at), std::to_string(at + size - 1)}, "read what is there again");
    for (std::size_t i = 0; i < window.size(); ++i) each(window[i].text());
    fits.see(window.size(), window.bytes.size());
    if (window.size() < size) return;
    at += size;
  }
}

}  // namespace

std::uint64_t& RedisAdministration::copies_there(const BackedUpElement& element, const ReadLimits& limits) {
  const auto [list, is_new] = presence_.elements.try_emplace(element.key);
  auto& copies = list->second;
  if (is_new) {
    try {
      for_each_element(connection(), element.key, limits,
                       [&](std::string_view bytes) { ++copies[fingerprint(bytes)]; });
    } catch (...) {
      presence_.elements.erase(list);
      throw;
    }
  }
  return copies[fingerprint(element.element)];
}

std::optional<std::uint64_t> RedisAdministration::identity(const Place& place, std::string_view key,
                                                           std::string_view bytes) const {
  const DecodeContext context{keys_.deployment(), {}, false, false};
  const Job job = keys_.system().read.decode({place, key, 0, bytes}, context);
  if (job.ref.id.raw().empty()) return std::nullopt;
  const std::string created = job.created_at ? to_rfc3339(*job.created_at) : std::string();
  return fingerprint(job.ref.id.raw() + '\0' + created);
}

bool RedisAdministration::is_in(const Place& place, std::uint64_t job, const ReadLimits& limits) {
  const auto [found, is_new] = presence_.jobs.try_emplace(&place);
  auto& jobs = found->second;
  if (is_new) {
    try {
      for (const OpenList& list : keys_.open_lists(limits, {&place}).lists)
        for_each_element(connection(), list.key, limits, [&](std::string_view bytes) {
          if (const std::optional<std::uint64_t> other = identity(place, list.key, bytes)) jobs.insert(*other);
        });
    } catch (...) {
      presence_.jobs.erase(found);
      throw;
    }
  }
  return jobs.contains(job);
}

/// A job that was to be taken may have been taken between backup and deletion; then it goes on in another list.
bool RedisAdministration::lives_elsewhere(const BackedUpElement& element, const Place& place,
                                          const ReadLimits& limits) {
  if (place.role == PlaceRole::completed) return false;
  const std::optional<std::uint64_t> job = identity(place, element.key, element.element);
  if (!job) return false;
  return std::any_of(keys_.deployment().places.begin(), keys_.deployment().places.end(), [&](const Place& other) {
    if (&other == &place || other.container != Container::list) return false;
    // Of the places of finished jobs one may hold what another one did before: a dead letter that was put back and
    // completed since. What completed stays completed, whatever else is there.
    const bool matters = place.role == PlaceRole::waiting || other.role == PlaceRole::waiting ||
                         other.role == PlaceRole::running ||
                         (place.role == PlaceRole::dead && other.role == PlaceRole::completed);
    return matters && is_in(other, *job, limits);
  });
}

void RedisAdministration::restore_elements(std::span<const BackedUpJob> jobs, bool dry_run, const ReadLimits& limits,
                                           std::vector<TargetReport>& reports) {
  std::vector<std::vector<std::size_t>> runs;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (!jobs[i].element) continue;
    const bool has_parts = !jobs[i].keys.empty() || !jobs[i].parts.empty();
    if (has_parts && reports[i].outcome != Outcome::done && reports[i].outcome != Outcome::already) continue;
    const BackedUpElement& element = *jobs[i].element;
    const Place* place = keys_.place_of(element.key);
    if (place == nullptr || place->container != Container::list) {
      reports[i].set(Outcome::failed, "its list is not in this source: are the key names configured as they were?");
      continue;
    }
    if (place->role == PlaceRole::running) {
      reports[i].set(Outcome::skipped, "lists of running jobs are left to their workers");
      continue;
    }
    if (std::uint64_t& copies = copies_there(element, limits); copies > 0) {
      --copies;
      if (!has_parts) reports[i].set(Outcome::already, "it is there as it was");
      continue;
    }
    if (has_parts) reports[i].set(Outcome::done);
    if (lives_elsewhere(element, *place, limits)) {
      reports[i].set(Outcome::skipped, "the same job is in another list");
      continue;
    }
    if (dry_run) continue;
    const BackedUpElement* before = runs.empty() ? nullptr : &*jobs[runs.back().back()].element;
    const bool next_to_it = before != nullptr && runs.back().size() < restored_together && before->key == element.key &&
                            before->from_head == element.from_head && before->position + 1 == element.position;
    if (next_to_it)
      runs.back().push_back(i);
    else
      runs.push_back({i});
  }
  const std::int64_t now_ms = unix_milliseconds(keys_.server_time());
  const RedisScript script{std::string(restore_elements_script)};
  while (!runs.empty()) {
    std::vector<ScriptCall> calls;
    for (const std::vector<std::size_t>& run : runs) {
      std::vector<const BackedUpElement*> elements;
      for (const std::size_t i : run) elements.push_back(&*jobs[i].element);
      calls.push_back(restore_elements_call(elements, now_ms));
    }
    const std::vector<ScriptResult> results = run_script(connection(), script, calls);
    std::vector<std::vector<std::size_t>> again;
    for (std::size_t r = 0; r < runs.size(); ++r)
      for (const std::size_t i : runs[r]) {
        if (report_unanswered(reports[i], results[r])) continue;
        const std::string_view word = results[r].reply.size() == 1 ? results[r].reply[0].text() : std::string_view();
        if (word == "split")
          again.push_back({i});
        else if (word == "already")
          reports[i].set(Outcome::already, "it is there as it was");
        else if (word != "done")
          reports[i].set(Outcome::failed, "its key holds something else than a list");
      }
    runs = std::move(again);
  }
}

namespace {

/// The member or field that the job was in. Beside an element, which says itself whether it is there, all parts.
std::span<const BackedUpPart> telling_parts(const BackedUpJob& job) {
  return std::span(job.parts).first(job.element ? job.parts.size() : 1);
}

/// What says whether the job is there: its record, or its telling parts; and whether it is as it was.
void ask_identity(const BackedUpJob& job, std::vector<RedisCommand>& commands) {
  if (!job.keys.empty()) {
    const BackedUpKey& key = job.keys.front();
    commands.push_back({"TYPE", key.key});
    commands.push_back({key.type == BackedUpKey::Type::string ? "GET" : "HGETALL", key.key});
    return;
  }
  for (const BackedUpPart& part : telling_parts(job)) {
    const char* command = part.kind == BackedUpPart::Kind::member  ? "ZSCORE"
                          : part.kind == BackedUpPart::Kind::field ? "HGET"
                                                                   : "SISMEMBER";
    commands.push_back({command, part.key, part.name});
  }
}

enum class Identity { absent, same, other };

Identity take_identity(const BackedUpJob& job, const std::vector<Reply>& replies, std::size_t& next) {
  if (!job.keys.empty()) {
    const Reply& type = replies[next];
    const Reply& content = replies[next + 1];
    next += 2;
    if (type.text() == "none") return Identity::absent;
    const BackedUpKey& key = job.keys.front();
    if (key.type == BackedUpKey::Type::string)
      return content.text() == key.elements.front() ? Identity::same : Identity::other;
    Pairs there;
    for (std::size_t f = 0; f + 1 < content.size(); f += 2)
      there.emplace_back(std::string(content[f].text()), std::string(content[f + 1].text()));
    return sorted(there) == sorted(key.fields) ? Identity::same : Identity::other;
  }
  Identity identity = Identity::same;
  for (const BackedUpPart& part : telling_parts(job)) {
    const Reply& value = replies[next++];
    const bool in_set = part.kind == BackedUpPart::Kind::set_member;
    if (in_set ? value.integer() != 1 : !value.is(Reply::Type::string)) identity = Identity::absent;
    if (!in_set && !job.element && value.is(Reply::Type::string) && value.text() != part.value)
      identity = Identity::other;
  }
  return identity;
}

}  // namespace

bool RedisAdministration::is_of_this_source(const BackedUpJob& job) const {
  if (job.element) return keys_.place_of(job.element->key) != nullptr;
  const bool part_known =
      std::ranges::any_of(job.parts, [&](const BackedUpPart& part) { return keys_.place_of(part.key) != nullptr; });
  if (part_known || job.keys.empty()) return part_known;
  const Place* place = keys_.place_of(job.keys.front().key);
  return place != nullptr && place->container == Container::records;
}

void RedisAdministration::restore_parts(std::span<const BackedUpJob> jobs, bool dry_run,
                                        std::vector<TargetReport>& reports) {
  constexpr std::string_view another = "another job is there under its id, or it has changed since";
  std::vector<std::size_t> asked;
  std::vector<RedisCommand> commands;
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (jobs[i].keys.empty() && jobs[i].parts.empty()) continue;
    if (!is_of_this_source(jobs[i])) {
      reports[i].set(Outcome::failed, "it is not a job of this source");
      continue;
    }
    asked.push_back(i);
    ask_identity(jobs[i], commands);
  }
  if (asked.empty()) return;
  const std::vector<Reply> replies = connection().pipeline(commands);
  std::size_t next = 0;
  std::vector<std::size_t> absent;
  std::vector<ScriptCall> calls;
  const std::int64_t now_ms = unix_milliseconds(keys_.server_time());
  for (const std::size_t i : asked) {
    const Identity identity = take_identity(jobs[i], replies, next);
    if (identity == Identity::same) reports[i].set(Outcome::already, "it is there as it was");
    if (identity == Identity::other) reports[i].set(Outcome::skipped, another);
    if (identity != Identity::absent) continue;
    ScriptCall call = restore_record_call(jobs[i], now_ms);
    if (const std::string_view reason = parted(call); !reason.empty()) {
      reports[i].set(Outcome::skipped, reason);
      continue;
    }
    absent.push_back(i);
    calls.push_back(std::move(call));
  }
  if (dry_run || calls.empty()) return;
  const std::vector<ScriptResult> results =
      run_script(connection(), RedisScript(std::string(restore_record_script)), calls);
  for (std::size_t c = 0; c < calls.size(); ++c) {
    TargetReport& out = reports[absent[c]];
    if (report_unanswered(out, results[c])) continue;
    if (results[c].reply.size() != 1 || results[c].reply[0].text() != "done") out.set(Outcome::skipped, another);
  }
}

std::vector<TargetReport> RedisAdministration::restore(std::vector<BackupRecord> records, bool dry_run,
                                                       const ReadLimits& limits) {
  std::vector<BackedUpJob> jobs;
  std::vector<TargetReport> reports(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    reports[i].id = records[i].id;
    jobs.push_back(read_content(std::move(records[i])));
  }
  const std::vector<std::string> holders = holders_of_parts();
  for (const BackedUpJob& job : jobs)
    if (is_of_this_source(job)) require_own(job, keys_, holders);
  if (presence_.dry_run != dry_run) presence_ = {{}, {}, dry_run};
  // The record comes before the id that leads workers to it.
  restore_parts(jobs, dry_run, reports);
  restore_elements(jobs, dry_run, limits, reports);
  return reports;
}

}  // namespace queuetrace
