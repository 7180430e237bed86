#include "commands/source/ask_sources.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <thread>

#include "backends/offered_actions.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/source/configuration_file.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::chrono::milliseconds patience{2'000};

bool may_change_anything(const SystemInfo& system) {
  constexpr std::array actions{ActionKind::retry, ActionKind::cancel, ActionKind::erase, ActionKind::move};
  return std::ranges::any_of(actions, [&](ActionKind kind) { return offers(system, kind); });
}

/// Why nothing can be changed there; absent: it can.
std::optional<std::string> obstacle_in(const Source& source, const Context& context) {
  if (source.read_only) return "read_only is set for the source";
  try {
    const OpenedSource opened = context.open_to_write(source);
    for (const std::unique_ptr<JobStore>& store : opened.stores) {
      if (!may_change_anything(store->system()))
        return std::string(store->system().title) + ": its jobs cannot be changed";
      store->administration();
    }
    return std::nullopt;
  } catch (const Error& error) {
    return one_line(error);
  }
}

SourceAnswer answer_of(Source source, const Context& context) {
  SourceAnswer answer;
  const auto begin = std::chrono::steady_clock::now();
  try {
    if (context.file) source = context.file->ready(source, patience);
    source.connect_timeout = std::min(source.connect_timeout, patience);
    source.statement_timeout = std::min(source.statement_timeout, patience);
    std::set<std::string> systems;
    for (const OpenedSource& opened : context.open({source})) {
      if (opened.error) throw *opened.error;
      for (const std::unique_ptr<JobStore>& store : opened.stores) systems.emplace(store->system().name);
    }
    answer.systems.assign(systems.begin(), systems.end());
    answer.obstacle = obstacle_in(source, context);
    answer.may_change = !answer.obstacle;
  } catch (const Error& error) {
    answer.failure = error.kind();
    answer.error = one_line(error);
  } catch (const std::exception& failure) {
    answer.failure = ErrorKind::internal;
    answer.error = one_line(Error(ErrorKind::internal, "unexpected failure").because(Untrusted(failure.what())));
  }
  answer.elapsed = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - begin);
  return answer;
}

}  // namespace

std::vector<SourceAnswer> ask_sources(const std::vector<Source>& sources, const Context& context) {
  std::vector<SourceAnswer> answers(sources.size());
  std::vector<std::jthread> threads;
  for (std::size_t index = 0; index < sources.size(); ++index)
    threads.emplace_back([&, index] { answers[index] = answer_of(sources[index], context); });
  threads.clear();  // waits for them
  return answers;
}

}  // namespace queuetrace
