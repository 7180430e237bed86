// Makes a plan: streams what an administration says of every job that matches into a file, in flat memory; or, where
// that would be a long list, counts it and hands its targets out one by one when they are acted upon.
#pragma once

#include <future>
#include <optional>
#include <set>
#include <string>

#include "commands/change/plan_file.hpp"
#include "commands/context.hpp"

namespace queuetrace {

/// Which jobs, and what.
struct PlanRequest {
  Action action;
  JobFilter filter;
  std::optional<std::set<std::string>> only;  ///< ids: no job with another id, though it fits; absent: all that fit
};

/// Writes the targets and the end. Returns false when the run was asked to stop: then there is no plan. A bound that
/// was reached is in PlanCounts::truncated. Throws what the store says.
bool make_plan(JobAdministration& administration, const PlanRequest& request, PlanWriter& writer,
               const Context& context);

/// A plan of more jobs is counted, and listed only where somebody asks for the list.
inline constexpr std::uint64_t longest_list = 10'000;

/// The counts and some samples of a plan of more than longest_list jobs, without its list; absent: it is shorter, or
/// the store cannot count. Throws what the store says.
std::optional<PlanCounts> count_plan(JobAdministration& administration, const PlanRequest& request,
                                     const Context& context);

/// The targets of a plan that was counted and not listed, page by page as they are taken: nothing is kept of them.
class TargetStream {
 public:
  /// `ahead`: the next page is read while the targets of this one are worked on, so `administration` must be used for
  /// nothing else meanwhile, and two pages are held.
  enum class Reading { when_needed, ahead };

  /// All must outlive this. After `most` targets that are acted upon there are no more: what was confirmed is a number.
  TargetStream(JobAdministration& administration, const PlanRequest& request, std::uint64_t most,
               const Context& context, Reading reading = Reading::when_needed);

  /// The next target; absent at the end. Throws what the store says, and Error{timed_out} where it stopped before
  /// everything was read.
  std::optional<Target> next();
  /// Whether more jobs match than were counted.
  bool more() const { return more_; }

 private:
  void take_page();

  JobAdministration& administration_;
  const PlanRequest& request_;
  const Reading reading_;
  JobQuery query_;
  TargetPage page_;
  std::future<TargetPage> next_page_;  ///< behind page_; only where pages are read ahead
  std::size_t place_ = 0;
  std::uint64_t read_ = 0, left_;
  bool at_end_ = false, more_ = false;
};

}  // namespace queuetrace
