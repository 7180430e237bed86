// `job show` as people read it: the facts of a job, the other jobs of its trace, and what can be typed next.
#pragma once

#include <string>
#include <vector>

#include "backends/fan_out.hpp"
#include "commands/context.hpp"
#include "commands/job/links.hpp"
#include "commands/job/outlook.hpp"
#include "commands/job/related_jobs.hpp"

namespace queuetrace {

class JobScreens {
 public:
  JobScreens(const std::vector<OpenedSource>& sources, const LinkMaker& links, Context& context)
      : sources_(sources), links_(links), context_(context) {}

  /// `typed`: what named it, and names it again in the commands that go on. `related`: the other jobs of its trace,
  /// shown as a table below it; null: not asked for.
  void print(Job job, const std::string& typed, const JobOutlook& outlook, const RelatedJobs* related);

 private:
  void print_related(const RelatedJobs& related, const std::string& hint);
  std::string hint_for(const Job& job, const std::string& id, const JobOutlook& outlook) const;
  bool can(ActionKind action, const Job& job) const;

  const std::vector<OpenedSource>& sources_;
  const LinkMaker& links_;
  Context& context_;
  bool first_ = true;
};

}  // namespace queuetrace
