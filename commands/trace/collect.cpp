#include "commands/trace/collect.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "commands/trace/links.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t keys_at_once = 100;
constexpr std::size_t jobs_at_once = 200;
constexpr std::size_t most_by_prefix = 10'000;  ///< jobs whose ids only begin like one that is asked for

/// One question to a store.
struct Ask {
  JobFilter filter;
  std::vector<LinkKey> keys;  ///< a job counts that fits one of them; empty: whatever the filter finds
};

/// What is known of one store. Only its own thread touches it during a round.
struct StoreState {
  std::string address;
  bool failed = false;
  bool scans = false;
  bool one_walk = false;
  bool has_links = false;
  std::set<LinkKey> asked;
  std::map<LinkKey::Kind, std::vector<std::string>> pending;
  std::set<Untrusted> known;  ///< ids
  std::vector<Job> found;     ///< in this round
  std::vector<std::string> warnings;
  SourceOutcome outcome;  ///< over all rounds
};

class Collector {
 public:
  Collector(std::vector<OpenedSource>& sources, const CollectBounds& bounds)
      : sources_(sources), bounds_(bounds), stores_(outcome_count(sources)) {
    std::size_t index = 0;
    for (OpenedSource& source : sources) {
      for (const std::unique_ptr<JobStore>& store : source.stores) {
        StoreState& state = stores_[index++];
        state.address = store->address();
        state.scans = store->capabilities().trace != Lookup::indexed;
        state.one_walk = store->capabilities().one_walk;
        state.has_links = store->capabilities().links != Lookup::unsupported;
      }
      if (source.error) stores_[index++].failed = true;
    }
  }

  CollectedTrace collect(const TraceStart& start) {
    begin(start);
    follow(collected_.jobs);
    for (std::size_t round = 0; round == 0 || (has_pending() && !is_over(round)); ++round) {
      ask_all();
      follow(merge_found());
    }
    for (const StoreState& state : stores_) collected_.outcomes.push_back(state.outcome);
    return std::move(collected_);
  }

 private:
  void begin(const TraceStart& start) {
    collected_.warnings = start.warnings;
    const std::vector<LinkKey> asked = asked_for(start);
    for (StoreState& state : stores_) {
      state.asked.insert(asked.begin(), asked.end());
      for (const Job& job : start.jobs)
        if (job.ref.source == state.address) state.known.insert(job.ref.id);
      const auto outcome = std::ranges::find(start.outcomes, state.address, &SourceOutcome::address);
      if (state.address.empty() || outcome == start.outcomes.end()) continue;
      state.outcome = *outcome;
      state.failed = outcome->error.has_value();
    }
    for (const Job& job : start.jobs) take(job);
  }

  /// What every store was asked for already, as jobs that carry it point to it.
  static std::vector<LinkKey> asked_for(const TraceStart& start) {
    std::vector<LinkKey> keys;
    if (start.correlation_id) keys.push_back({LinkKey::Kind::correlation, *start.correlation_id});
    if (!start.trace || start.trace->prefix) return keys;
    const TraceQuery& trace = *start.trace;
    if (trace.canonical.empty()) keys.push_back({LinkKey::Kind::trace, trace.typed});
    if (!trace.exact)
      for (const std::string& id : trace.canonical) keys.push_back({LinkKey::Kind::trace, id});
    return keys;
  }

  /// Into the answer, up to the bound; whether there was room.
  bool take(Job job) {
    if (collected_.jobs.size() == bounds_.jobs) {
      collected_.truncated = "stopped at " + count_words(bounds_.jobs, "job") + "; --max-jobs takes more";
      return false;
    }
    collected_.jobs.push_back(std::move(job));
    return true;
  }

  /// Whether no further round may begin; says why.
  bool is_over(std::size_t round) {
    if (collected_.truncated) return true;
    if (round >= bounds_.rounds)
      collected_.truncated = "links were followed " + count_words(bounds_.rounds, "step") + " and no further";
    else if (bounds_.limits.stop.stop_requested() || std::chrono::steady_clock::now() >= bounds_.limits.deadline)
      collected_.truncated = "time ran out before every link was followed";
    return collected_.truncated.has_value();
  }

  bool has_pending() const {
    return std::any_of(stores_.begin(), stores_.end(),
                       [](const StoreState& state) { return !state.failed && !state.pending.empty(); });
  }

  /// Notes what these jobs point to, for every store that is to be asked.
  void follow(const std::vector<Job>& jobs) {
    for (const Job& job : jobs)
      for (const LinkKey& key : link_keys(job))
        for (StoreState& state : stores_) {
          const bool own = job.ref.source == state.address;
          const bool shared = key.kind == LinkKey::Kind::trace || key.kind == LinkKey::Kind::correlation;
          if (!own && (key.own_store_only || (state.scans && !shared))) continue;
          if ((key.kind == LinkKey::Kind::parent || key.kind == LinkKey::Kind::batch) && !state.has_links) continue;
          if (key.kind == LinkKey::Kind::id && state.known.contains(Untrusted(key.text))) continue;
          if (state.asked.insert(key).second) state.pending[key.kind].push_back(key.text);
        }
  }

  static std::vector<Ask> asks_of(StoreState& state) {
    std::vector<Ask> asks;
    for (const auto& [kind, texts] : std::exchange(state.pending, {}))
      for (std::size_t from = 0; from < texts.size(); from += keys_at_once) {
        const auto begin = texts.begin() + static_cast<std::ptrdiff_t>(from);
        const auto end = texts.begin() + static_cast<std::ptrdiff_t>(std::min(from + keys_at_once, texts.size()));
        Ask& ask = asks.emplace_back();
        ask.filter = link_filter(kind, {begin, end});
        if (kind == LinkKey::Kind::id || state.one_walk)
          for (auto text = begin; text != end; ++text) ask.keys.push_back({kind, *text});
      }
    if (!state.one_walk || asks.size() < 2) return asks;
    Ask together;
    for (Ask& ask : asks) {
      together.filter.any_of.push_back(std::move(ask.filter));
      together.keys.insert(together.keys.end(), ask.keys.begin(), ask.keys.end());
    }
    return {together};
  }

  void ask_all() {
    const std::vector<SourceOutcome> outcomes = for_each_store(sources_, [&](JobStore& store, std::size_t index) {
      StoreState& state = stores_[index];
      if (state.failed) return;
      for (const Ask& ask : asks_of(state)) read(store, state, ask);
    });
    for (std::size_t index = 0; index < outcomes.size(); ++index) {
      StoreState& state = stores_[index];
      state.outcome.address = outcomes[index].address;
      state.outcome.system = outcomes[index].system;
      state.outcome.elapsed += outcomes[index].elapsed;
      state.outcome.unseen = outcomes[index].unseen;
      if (!outcomes[index].error) continue;
      state.outcome.error = outcomes[index].error;
      state.failed = true;
    }
  }

  /// Keeps the jobs of one answer that were not known before it.
  void read(JobStore& store, StoreState& state, const Ask& ask) {
    JobQuery query;
    query.filter = ask.filter;
    query.payload = true;
    query.limits = bounds_.limits;
    std::vector<Untrusted> fresh;
    const std::size_t room = bounds_.jobs - std::min(bounds_.jobs, collected_.jobs.size());
    for (std::size_t other_ids = 0;;) {
      query.page_size = std::min(jobs_at_once, room + 1);
      Page page = store.list(query);
      // A store without workflows says so when asked for one; of interest only where there was an answer.
      if (!page.jobs.empty()) state.warnings.insert(state.warnings.end(), page.warnings.begin(), page.warnings.end());
      state.outcome.scanned = std::max(state.outcome.scanned, page.scanned);
      if (page.truncated) state.outcome.truncated = page.truncated;
      for (Job& job : page.jobs) {
        const auto is_asked = [&](const LinkKey& key) { return fits(job, key); };
        if (!ask.keys.empty() && std::ranges::none_of(ask.keys, is_asked)) {
          ++other_ids;
          continue;
        }
        if (state.known.contains(job.ref.id) || state.found.size() > room) continue;
        fresh.push_back(job.ref.id);
        state.found.push_back(std::move(job));
      }
      if (other_ids > most_by_prefix && page.next) state.outcome.truncated = "too many IDs begin like those of parents";
      if (!page.next || page.truncated || state.found.size() > room || other_ids > most_by_prefix) break;
      query.after = page.next;
    }
    state.known.insert(fresh.begin(), fresh.end());
  }

  /// Moves what the stores found into the answer, up to the bound, and returns it.
  std::vector<Job> merge_found() {
    std::vector<Job> fresh;
    for (StoreState& state : stores_) {
      for (Job& job : std::exchange(state.found, {})) {
        if (!take(job)) break;
        fresh.push_back(std::move(job));
      }
      for (std::string& warning : std::exchange(state.warnings, {})) collected_.warnings.push_back(std::move(warning));
    }
    return fresh;
  }

  std::vector<OpenedSource>& sources_;
  const CollectBounds& bounds_;
  std::vector<StoreState> stores_;
  CollectedTrace collected_;
};

}  // namespace

CollectedTrace collect_trace(std::vector<OpenedSource>& sources, const TraceStart& start, const CollectBounds& bounds) {
  return Collector(sources, bounds).collect(start);
}

}  // namespace queuetrace
