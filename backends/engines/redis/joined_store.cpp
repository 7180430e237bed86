#include "backends/engines/redis/joined_store.hpp"

#include <algorithm>
#include <set>

#include "backends/engines/redis/job_matcher.hpp"
#include "backends/engines/redis/joined_administration.hpp"
#include "backends/engines/redis/joined_filter.hpp"
#include "backends/engines/redis/joined_pages.hpp"
#include "backends/engines/redis/queue_rows.hpp"

namespace queuetrace {
namespace {

/// What both parts say (of the same server) is said once.
void add_findings(std::vector<Finding>& findings, std::vector<Finding> more) {
  for (Finding& one : more)
    if (std::ranges::none_of(findings, [&](const Finding& other) {
          return other.code == one.code && other.subject == one.subject && other.text == one.text;
        }))
      findings.push_back(std::move(one));
}

void add_texts(std::vector<std::string>& texts, std::vector<std::string> more) {
  for (std::string& one : more)
    if (std::ranges::find(texts, one) == texts.end()) texts.push_back(std::move(one));
}

}  // namespace

JoinedStore::JoinedStore(const RedisOutcomes& rule, RedisKeyspace jobs, const RedisKeyspace& outcomes)
    : jobs_(std::move(jobs)), outcomes_(outcomes), joined_(rule, jobs_, Outcomes(outcomes)) {}

JoinedStore::~JoinedStore() = default;

void JoinedStore::address_parts() {
  jobs_.set_address(address());
  outcomes_.set_address(address());
}

Capabilities JoinedStore::capabilities() const {
  Capabilities capabilities = jobs_.capabilities();
  capabilities.times = capabilities.times || outcomes_.capabilities().times;
  return capabilities;
}

Page JoinedStore::list_jobs(JobQuery query) {
  JoinedFilter filter(std::move(query.filter));
  query.filter = std::move(filter.of_jobs);
  Page page = jobs_.list(query);
  std::vector<Job*> jobs;
  for (Job& job : page.jobs) jobs.push_back(&job);
  joined_.join(jobs, query.payload);
  if (!filter.of_outcomes.empty())
    std::erase_if(page.jobs, [&](const Job& job) { return !matches(filter.of_outcomes, job); });
  return page;
}

Page JoinedStore::list_outcomes(const JobQuery& query, bool begins) {
  std::vector<std::string> warnings;
  const bool alone = query.filter.any_of.empty();
  if (begins || !joined_.has_looked())
    joined_.look(query.limits, alone ? query.filter.ids : std::vector<std::string>(), warnings);
  Page page = outcomes_.list(query);
  std::erase_if(page.jobs, [&](const Job& outcome) { return joined_.is_told(outcome); });
  add_texts(page.warnings, std::move(warnings));
  return page;
}

Page JoinedStore::list(const JobQuery& query) {
  address_parts();
  const JoinedCursor at = read_joined_cursor(query.after);
  JobQuery asked = query;
  asked.after = at.after;
  asked.on_next = {};
  Page page = at.outcomes ? list_outcomes(asked, !at.after) : list_jobs(asked);
  page.next = next_joined(at, page.next, page.truncated.has_value());
  return page;
}

PeekResult JoinedStore::peek(const PeekQuery& query) {
  address_parts();
  return jobs_.peek(query);
}

Statistics JoinedStore::statistics(const StatisticsQuery& query) {
  address_parts();
  Statistics out = jobs_.statistics(query);
  StatisticsQuery asked = query;
  asked.interval.reset();  // was waited for, and no outcome is in a list that only grows
  Statistics more = outcomes_.statistics(asked);
  joined_.take_out(more.queues, query.limits, out.warnings);
  for (QueueStatistics& row : more.queues)
    if (!row.states.empty()) merge_row(out.queues, std::move(row));
  if (!out.truncated) out.truncated = std::move(more.truncated);
  add_texts(out.warnings, std::move(more.warnings));
  return out;
}

std::vector<Untrusted> JoinedStore::queues(const ReadLimits& limits) {
  std::set<Untrusted> names;
  for (RedisJobStore* part : {&jobs_, &outcomes_})
    for (Untrusted& name : part->queues(limits)) names.insert(std::move(name));
  return {names.begin(), names.end()};
}

StoreCheck JoinedStore::check(const ReadLimits& limits) {
  address_parts();
  StoreCheck check = jobs_.check(limits);
  add_findings(check.findings, outcomes_.check(limits).findings);
  Finding& results = check.findings.emplace_back();
  results.subject = "results";
  results.text = "shown with their jobs, from " + joined_.outcomes().keys().connection().target();
  check.capabilities = capabilities();
  return check;
}

std::vector<Finding> JoinedStore::unseen() {
  address_parts();
  std::vector<Finding> findings = jobs_.unseen();
  add_findings(findings, outcomes_.unseen());
  return findings;
}

std::vector<Finding> JoinedStore::diagnose(const ReadLimits& limits) {
  address_parts();
  std::vector<Finding> findings = jobs_.diagnose(limits);
  add_findings(findings, outcomes_.diagnose(limits));
  return findings;
}

JobAdministration& JoinedStore::administration() {
  address_parts();
  JobAdministration& jobs = jobs_.administration();
  if (!administration_) administration_ = std::make_unique<JoinedAdministration>(jobs, outcomes_, joined_);
  return *administration_;
}

}  // namespace queuetrace
