#include "commands/trace/again.hpp"

#include <algorithm>

#include "backends/offered_actions.hpp"
#include "commands/report/command_line.hpp"
#include "formatters/trace_verdict.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_named = 3;

bool can_retry(const std::string& address, const std::vector<OpenedSource>& sources) {
  return std::ranges::any_of(sources, [&](const OpenedSource& source) {
    return !source.source.read_only && std::ranges::any_of(source.stores, [&](const auto& store) {
      return store->address() == address && offers(store->system(), ActionKind::retry);
    });
  });
}

}  // namespace

std::string retry_command(const TraceTree& tree, const std::vector<OpenedSource>& sources, const Context& context) {
  const std::vector<std::string> ids = shown_ids(tree, context.format_options.full_ids);
  std::vector<std::string> words{"job", "retry"};
  std::string address;
  for (std::size_t index = 0; index < tree.nodes.size() && words.size() < 2 + most_named; ++index) {
    const std::optional<Job>& job = tree.nodes[index].job;
    if (!job || (job->state != JobState::dead && job->state != JobState::failed)) continue;
    if (address.empty() && can_retry(job->ref.source, sources)) address = job->ref.source;
    if (job->ref.source == address) words.push_back(ids[index]);
  }
  return address.empty() ? std::string() : command_from_here(words, context);
}

}  // namespace queuetrace
