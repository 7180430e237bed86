#include "commands/change/change_jobs.hpp"

#include <algorithm>
#include <optional>

#include "commands/change/apply_change.hpp"
#include "commands/change/kept_file.hpp"
#include "commands/change/named_jobs.hpp"
#include "commands/change/pause_warnings.hpp"
#include "commands/change/plan_maker.hpp"
#include "commands/change/plan_view.hpp"
#include "commands/change/plan_words.hpp"
#include "commands/change/queue_facts.hpp"
#include "commands/change/state_folder.hpp"
#include "commands/filter/check.hpp"
#include "commands/filter/words.hpp"
#include "commands/job/find_jobs.hpp"
#include "commands/report/random_id.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/escape.hpp"
#include "model/connection_url.hpp"

namespace queuetrace {
namespace {

constexpr Option<ChangeRequest> ids_argument[] = {
    {{.names = "ID", .help = "Job ID, a prefix of at least 4 characters, or source/ID; - reads stdin"},
     into<&ChangeRequest::ids>},
};
constexpr Option<Action> force_option[] = {
    {{.names = "--force", .help = "Also change jobs that are skipped for safety, where the action allows it"},
     into<&Action::force>},
};

constexpr Option<ChangeRequest> new_queue_option[] = {
    {{.names = "--new-queue", .help = "Move to a queue that holds nothing yet, under the name as typed"},
     into<&ChangeRequest::new_queue>},
};

constexpr std::size_t most_named = 20;

/// What is refused before any server is asked.
void check_usage(const ChangeRequest& request, const JobFilter& filter) {
  const bool chooses = !request.ids.empty() || !filter.empty();
  if (!request.write.plan.empty()) {
    Action plain;
    plain.kind = request.action.kind;
    if (chooses || request.action != plain)
      throw Error(ErrorKind::usage, "--plan already says which jobs to change, and how")
          .with_hint("leave out --plan, or the IDs, filters and options of the action");
    return;
  }
  if (!chooses)
    throw Error(ErrorKind::usage, "no jobs selected")
        .with_hint(request.command == "purge"
                       ? "give a filter: --state dead, --queue NAME, --older-than-days N; for every job: --queue '*'"
                       : "give IDs, or a filter: --state failed, --queue NAME, --error TEXT");
  if (request.action.kind == ActionKind::move && request.action.queue.empty())
    throw Error(ErrorKind::usage, "no target queue: --to is missing");
}

ActionOffer required_offer(JobAdministration& administration, const Action& action) {
  ActionOffer offer = administration.offer(action);
  if (!offer.possible)
    throw Error(ErrorKind::refused, offer.reason)
        .with_hint(offer.nearest.empty() ? "nothing was changed" : offer.nearest);
  return offer;
}

/// The file a plan goes to. One that is shown or applied at once has no name while it is made: it goes with a process
/// that dies.
struct PlanPlace {
  KeptFile kept;  ///< --save-plan: the user's file, removed unless it is whole
  PrivateFile file;
  std::filesystem::path name = {};  ///< that it gets when it is applied; empty: none
};

PlanPlace place_for(const ChangeRequest& request, const Source& source, const Context& context) {
  using Mode = PrivateFile::Mode;
  if (!request.write.save_plan.empty()) {
    const std::filesystem::path path = std::filesystem::absolute(request.write.save_plan);
    PrivateFile file(path, Mode::create);
    return {KeptFile(path), std::move(file)};
  }
  if (request.write.dry_run)
    return {KeptFile(), PrivateFile(std::filesystem::temp_directory_path(), Mode::create_unseen)};
  const std::filesystem::path path = made_state_folder(context.surroundings.environment, "plans") /
                                     (dated_name(context.now(), request.verb, source.name) + ".jsonl");
  return {KeptFile(), PrivateFile(path.parent_path(), Mode::create_unseen), path};
}

/// Whether nobody will look at what the words turn out to mean before it is done. Then only whole ids count: the first
/// characters of one that is gone would mean another job when the command is repeated.
bool is_confirmed(const ChangeRequest& request) { return request.write.yes || !request.write.confirm.empty(); }

void refuse_truncated(const ChangeRequest& request, const PlanCounts& counts) {
  if (!counts.truncated || request.write.accept_truncated) return;
  throw Error(ErrorKind::refused, "not every matching job was found (" + *counts.truncated + "); nothing was changed")
      .with_hint(
          "narrow the filter, read further (--full, a longer --timeout), or continue with what was found "
          "(--accept-truncated)");
}

ExitCode show_plan(const ChangeRequest& request, PlanPlace& place, const ReadyPlan& plan, const ActionOffer& offer,
                   const WriteTarget& target, Context& context) {
  const PlanFacts facts{request.verb, &target.source(), std::string(target.store->system().title),
                        &plan.header, &plan.counts,     offer,
                        "",           request.new_queue};
  if (plan.wanted) {
    print_samples(facts, context);
    context.notices.note("nothing was changed (--dry-run)");
    return ExitCode::done;
  }
  PlanReader reader(place.file.descriptor(), "the plan");
  print_plan(facts, reader, context);
  if (plan.counts.truncated) context.notices.warning("incomplete: " + *plan.counts.truncated);
  if (!request.write.save_plan.empty())
    context.notices.note("plan written; apply it: " +
                         plan_command(request, place.kept.path(), plan.counts, target, context));
  else
    context.notices.note("nothing was changed (--dry-run)");
  place.kept.keep();
  return plan.counts.truncated ? ExitCode::partial : ExitCode::done;
}

/// Plans, then shows or applies.
ExitCode plan_and_go(const ChangeRequest& request, JobFilter filter, OperationFacts& told, Context& context) {
  const std::vector<std::string> typed = request.ids.empty() ? request.ids : with_standard_input(request.ids, context);
  const Source source = choose_source(typed, "", context);
  WriteTarget target = open_target(source, request.write.system, typed, context);
  const ActionOffer offer = required_offer(target.administration(), request.action);
  if (request.action.kind == ActionKind::move && !request.new_queue)
    require_known_queue(*target.store, request.action.queue, "--new-queue takes the name as it is", context.limits);
  std::vector<OpenedSource> checked;
  checked.push_back(std::move(target.opened));
  check_states(filter, request.filter, checked, context.limits);
  target.opened = std::move(checked.front());

  if (typed.empty())
    if (const std::optional<std::string> unseen = unseen_in(*target.store))
      context.notices.warning(target.store->address() + ": " + *unseen);
  PlanRequest wanted{request.action, std::move(filter), std::nullopt};
  bool by_prefix = false;
  if (!typed.empty()) {
    std::optional<NamedJobs> named =
        find_named(typed, is_confirmed(request) ? IdMatch::whole : IdMatch::prefix, target, context);
    if (!named) return ExitCode::not_found;
    by_prefix = named->by_prefix;
    wanted.only = std::move(named->ids);
    wanted.filter.ids.assign(wanted.only->begin(), wanted.only->end());
  } else if (is_confirmed(request) && !wanted.filter.ids.empty()) {
    wanted.only.emplace(wanted.filter.ids.begin(), wanted.filter.ids.end());
  }
  ReadyPlan plan;
  plan.header = {source.name,
                 target.store->address(),
                 masked_url(source.url.reveal()),
                 std::string(target.store->system().name),
                 request.action,
                 filter_words(wanted.filter, most_named),
                 filter_fields(wanted.filter, most_named),
                 context.now()};
  plan.by_prefix = by_prefix;
  plan.is_bulk = typed.empty() || typed.size() > most_named ||
                 std::find(request.ids.begin(), request.ids.end(), "-") != request.ids.end();
  PlanPlace place = place_for(request, source, context);
  if (request.write.save_plan.empty() && !request.write.list_all) {
    if (std::optional<PlanCounts> counts = count_plan(target.administration(), wanted, context)) {
      plan.counts = std::move(*counts);
      plan.wanted = wanted;
    }
  }
  if (!plan.wanted) {
    PlanWriter writer(place.file, plan.header);
    if (!make_plan(target.administration(), wanted, writer, context)) return ExitCode::interrupted;
    plan.counts = writer.counts();
  }
  if (plan.counts.total() == 0 && !plan.counts.truncated) {
    if (typed.empty() && wanted.only)
      context.notices.warning("--id: what is confirmed beforehand (--yes, --confirm) names whole IDs");
    checked.clear();
    checked.push_back(std::move(target.opened));
    for (const std::string& warning : check_queues(wanted.filter.queues, checked, context.limits))
      context.notices.warning(warning);
    target.opened = std::move(checked.front());
  }
  add_pause_warnings(request.action, target, plan.counts, context);
  if (request.write.dry_run || !request.write.save_plan.empty())
    return show_plan(request, place, plan, offer, target, context);
  refuse_truncated(request, plan.counts);
  if (!plan.wanted) {
    plan.path = place.name;
    plan.unnamed.emplace(std::move(place.file));
  }
  return apply_change(request, std::move(plan), offer, target, told, context);
}

/// What does not fit what the plan was made for is refused.
void check_fit(const PlanHeader& header, const ChangeRequest& request, const WriteTarget& target) {
  if (header.action.kind != request.action.kind)
    throw Error(ErrorKind::usage, "this is a plan to " + std::string(to_word(header.action.kind)) + " jobs")
        .with_hint("apply it with " +
                   std::string(header.action.kind == ActionKind::erase
                                   ? "queuetrace purge --plan, or job delete --plan"
                                   : "queuetrace job " + std::string(to_word(header.action.kind)) + " --plan"));
  const auto refuse = [](const std::string& what, const std::string& then, const std::string& now) {
    throw Error(ErrorKind::refused, "the plan was made for the " + what + " " + in_quotes(then) + ", not for " +
                                        in_quotes(now) + "; nothing was changed")
        .with_hint("make a plan for this one with --save-plan");
  };
  const std::string masked = masked_url(target.source().url.reveal());
  if (header.source != target.source().name) refuse("source", header.source, target.source().name);
  if (header.target != masked) refuse("database", header.target, masked);
  if (header.system != target.store->system().name)
    refuse("queue system", header.system, std::string(target.store->system().name));
  if (header.address != target.store->address()) refuse("source", header.address, target.store->address());
}

ExitCode apply_saved(const ChangeRequest& request, OperationFacts& told, Context& context) {
  ReadyPlan plan;
  plan.path = std::filesystem::absolute(request.write.plan);
  PlanReader reader(plan.path);
  plan.header = reader.header();
  plan.counts = reader.read_all();  // the whole file, before any server is asked
  const Source source = choose_source({}, plan.header.source, context);
  const std::string planned = store_of_change(plan.header.address, plan.header.source, plan.header.system);
  WriteTarget target = open_target(source, request.write.system.empty() ? planned : request.write.system, {}, context);
  check_fit(plan.header, request, target);
  const ActionOffer offer = required_offer(target.administration(), plan.header.action);
  if (!request.write.dry_run) {
    refuse_truncated(request, plan.counts);
    return apply_change(request, std::move(plan), offer, target, told, context);
  }
  const PlanFacts facts{
      request.verb, &target.source(), std::string(target.store->system().title), &plan.header, &plan.counts, offer, ""};
  PlanReader again(plan.path);
  print_plan(facts, again, context);
  context.notices.note("nothing was changed (--dry-run)");
  return ExitCode::done;
}

}  // namespace

ExitCode change_jobs(const ChangeRequest& request, Context& context) {
  JobFilter filter = make_filter(request.filter, context, FilterUse::changing);
  check_usage(request, filter);
  return traced_operation(request.verb, context, [&](OperationFacts& told) {
    told.destructive = request.action.kind == ActionKind::erase;
    told.dry_run = request.write.dry_run || !request.write.save_plan.empty();
    told.queues = filter.queues;
    JobFilter without_payload = filter;
    without_payload.where.clear();
    told.filter = filter_words(without_payload, most_named);
    if (!request.write.plan.empty()) return apply_saved(request, told, context);
    return plan_and_go(request, std::move(filter), told, context);
  });
}

CommandForm change_form(std::string command, ActionKind kind, ChosenBy chosen_by, std::span<const Option<Action>> own) {
  const auto request = std::make_shared<ChangeRequest>();
  request->verb = command.substr(command.rfind(' ') + 1);
  request->command = std::move(command);
  request->action.kind = kind;
  CommandForm form(request, change_jobs);
  if (chosen_by == ChosenBy::ids_or_filter) form.takes(*request, ids_argument);
  form.takes(request->filter, filter_options());
  form.takes(request->write, confirmation_options());
  form.takes(request->write, plan_options());
  form.takes(request->write, pace_options());
  form.takes(request->action, force_option);
  form.takes(request->action, own);
  if (kind == ActionKind::move) form.takes(*request, new_queue_option);
  return form;
}

}  // namespace queuetrace
