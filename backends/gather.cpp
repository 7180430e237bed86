#include "backends/gather.hpp"

#include <algorithm>

#include "backends/attempt.hpp"
#include "backends/cursor.hpp"
#include "backends/error_groups.hpp"
#include "backends/pages_ahead.hpp"
#include "model/held_texts.hpp"

namespace queuetrace {
namespace {

/// Texts of the jobs that wait to be merged, in all.
constexpr std::uint64_t most_bytes_of_texts = 16u << 20;

/// Jobs one store has to offer for a page, with what is needed to go on behind any of them.
struct Offer {
  struct Piece {
    StorePosition start;        ///< where the store's page began
    std::uint64_t skipped = 0;  ///< jobs of that page shown before
    std::vector<Job> jobs;
    std::optional<std::string> next;
  };
  std::vector<Piece> pieces;
  std::vector<std::string> warnings;
  StorePosition resume;  ///< when nothing at all is taken
};

/// Drops the jobs of a page that an earlier listing showed already: up to the one with `last_id`, or as many as were
/// shown when that one has gone since.
std::uint64_t drop_shown(std::vector<Job>& jobs, const StorePosition& position) {
  if (position.shown == 0) return 0;
  const auto last =
      std::find_if(jobs.begin(), jobs.end(), [&](const Job& job) { return job.ref.id.raw() == position.last_id; });
  const std::size_t drop = last != jobs.end() ? static_cast<std::size_t>(last - jobs.begin()) + 1
                                              : std::min<std::size_t>(position.shown, jobs.size());
  jobs.erase(jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(drop));
  return drop;
}

/// `most_bytes`: of texts, beyond which they are cut (held_texts.hpp).
Offer read_offer(JobStore& store, const JobQuery& query, StorePosition position, std::uint64_t most_bytes,
                 SourceOutcome& outcome) {
  Offer offer;
  offer.resume = position;
  std::size_t collected = 0;
  HeldTexts held(most_bytes);
  JobQuery request = query;
  while (collected < query.page_size) {
    request.after = position.after;
    request.page_size = query.page_size + position.shown;
    Page page = list_page(store, request);
    Offer::Piece piece{position, 0, std::move(page.jobs), page.next};
    piece.skipped = drop_shown(piece.jobs, position);
    for (Job& job : piece.jobs) held.hold(job);
    collected += piece.jobs.size();
    offer.pieces.push_back(std::move(piece));
    offer.warnings.insert(offer.warnings.end(), page.warnings.begin(), page.warnings.end());
    outcome.scanned = std::max(outcome.scanned, page.scanned);
    outcome.truncated = page.truncated;
    if (!page.next || page.truncated) break;
    position = StorePosition{page.next, 0, "", false};
  }
  return offer;
}

/// Where to go on when `taken` jobs of the offer were shown.
StorePosition position_behind(const Offer& offer, std::size_t taken) {
  for (const Offer::Piece& piece : offer.pieces) {
    if (taken < piece.jobs.size()) {
      if (taken == 0) return piece.start;
      return StorePosition{piece.start.after, piece.skipped + taken, piece.jobs[taken - 1].ref.id.raw(), false};
    }
    taken -= piece.jobs.size();
  }
  if (offer.pieces.empty()) return offer.resume;
  const Offer::Piece& last = offer.pieces.back();
  return last.next ? StorePosition{last.next, 0, "", false} : StorePosition{std::nullopt, 0, "", true};
}

/// Newest first; jobs without a creation time last; ties by source, then id.
bool comes_before(const Job& left, const Job& right) {
  if (left.created_at != right.created_at) {
    if (!left.created_at || !right.created_at) return left.created_at.has_value();
    return *left.created_at > *right.created_at;
  }
  if (left.ref.source != right.ref.source) return left.ref.source < right.ref.source;
  return left.ref.id > right.ref.id;
}

/// Walks one offer job by job.
struct Walker {
  Offer* offer;
  bool ordered;
  std::size_t taken = 0;
  std::size_t piece = 0, index = 0;

  Job* head() {
    while (piece < offer->pieces.size() && index == offer->pieces[piece].jobs.size()) {
      ++piece;
      index = 0;
    }
    return piece < offer->pieces.size() ? &offer->pieces[piece].jobs[index] : nullptr;
  }
  void advance() {
    ++index;
    ++taken;
  }
};

/// The store whose head comes next: the newest among the ordered ones, and the others after all of these in their own
/// order.
Walker* next_walker(std::vector<Walker>& walkers) {
  Walker* best = nullptr;
  for (Walker& walker : walkers) {
    const Job* head = walker.head();
    if (head == nullptr) continue;
    if (best == nullptr || (walker.ordered && !best->ordered) ||
        (walker.ordered && best->ordered && comes_before(*head, *best->head())))
      best = &walker;
  }
  return best;
}

/// A cursor goes on with the sources it was made for: one more would be left out without a word.
void refuse_other_sources(const std::vector<OpenedSource>& sources, const ListingPosition& positions) {
  for (const OpenedSource& source : sources)
    for (const std::unique_ptr<JobStore>& store : source.stores)
      if (!positions.contains(store->address()) && !positions.contains(source.source.name))
        throw Error(ErrorKind::usage, "--cursor was made for other sources than " + store->address())
            .with_hint("repeat the command with the same sources, or leave --cursor out");
}

}  // namespace

GatheredPage gather_jobs(std::vector<OpenedSource>& sources, const JobQuery& query) {
  ListingPosition positions;
  if (query.after) {
    positions = decode_cursor(*query.after, query.filter);
    refuse_other_sources(sources, positions);
  }

  const std::size_t total = outcome_count(sources);
  std::vector<Offer> offers(total);
  std::vector<SourceOutcome> read(total);
  std::vector<char> ordered(total, 1);
  GatheredPage result;
  result.outcomes = for_each_store(sources, [&](JobStore& store, std::size_t index) {
    ordered[index] = store.capabilities().ordered;
    const auto found = positions.find(store.address());
    if (query.after && (found == positions.end() || found->second.finished)) {
      offers[index].resume.finished = true;
      return;
    }
    offers[index].resume = found == positions.end() ? StorePosition{} : found->second;
    offers[index] = read_offer(store, query, offers[index].resume, most_bytes_of_texts / total, read[index]);
  });

  std::vector<Walker> walkers;
  for (std::size_t index = 0; index < total; ++index) walkers.push_back(Walker{&offers[index], ordered[index] != 0});
  ListingPosition behind;
  std::vector<std::pair<std::size_t, Job*>> picks;
  while (picks.size() < query.page_size) {
    Walker* walker = next_walker(walkers);
    if (walker == nullptr) break;
    picks.emplace_back(static_cast<std::size_t>(walker - walkers.data()), walker->head());
    walker->advance();
  }
  bool more = false;
  for (std::size_t index = 0; index < total; ++index) {
    SourceOutcome& outcome = result.outcomes[index];
    outcome.scanned = read[index].scanned;
    outcome.truncated = read[index].truncated;
    result.warnings.insert(result.warnings.end(), offers[index].warnings.begin(), offers[index].warnings.end());
    if (outcome.error) {
      behind[outcome.address] = positions.contains(outcome.address) ? positions[outcome.address] : StorePosition{};
      continue;
    }
    behind[outcome.address] = position_behind(offers[index], walkers[index].taken);
    more = more || !behind[outcome.address].finished;
  }
  for (const auto& [index, job] : picks) result.jobs.push_back(std::move(*job));
  if (more) result.next = encode_cursor(behind, query.filter);
  return result;
}

std::vector<SourceOutcome> stream_jobs(std::vector<OpenedSource>& sources, JobQuery query,
                                       const std::function<bool(Job&&)>& sink, std::vector<std::string>& warnings) {
  std::vector<SourceOutcome> outcomes;
  query.order = JobOrder::storage;
  bool wanted = true;
  for (OpenedSource& source : sources) {
    if (source.error) {
      outcomes.push_back({source.source.name, "", source.error, 0, std::nullopt, source.elapsed});
      continue;
    }
    for (const std::unique_ptr<JobStore>& store : source.stores) {
      SourceOutcome outcome{store->address(), std::string(store->system().name), std::nullopt, 0, std::nullopt, {}};
      const Clock::time_point start = Clock::now();
      query.after.reset();
      std::optional<PagesAhead> pages;
      if (wanted) pages.emplace(*store, query);
      while (wanted) {
        std::optional<Page> page;
        outcome.error = attempt([&] { page = pages->next(); });
        if (!page) break;
        for (Job& job : page->jobs)
          if (wanted) wanted = sink(std::move(job));
        warnings.insert(warnings.end(), page->warnings.begin(), page->warnings.end());
        outcome.scanned = std::max(outcome.scanned, page->scanned);
        outcome.truncated = page->truncated;
      }
      if (!outcome.error) outcome.error = attempt([&] { tell_unseen(*store, outcome); });
      outcome.elapsed = since(start);
      outcomes.push_back(std::move(outcome));
    }
  }
  return outcomes;
}

}  // namespace queuetrace
