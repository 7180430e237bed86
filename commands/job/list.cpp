// `job list`: the jobs that match the filters, newest first, over all selected sources.
#include <algorithm>
#include <memory>
#include <ostream>
#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/filter/check.hpp"
#include "commands/filter/options.hpp"
#include "commands/filter/typed_words.hpp"
#include "commands/filter/words.hpp"
#include "commands/job/count.hpp"
#include "commands/job/job_total.hpp"
#include "commands/job/links.hpp"
#include "commands/job/list_options.hpp"
#include "commands/job/listing_remarks.hpp"
#include "commands/job/watch.hpp"
#include "commands/job/wider_search.hpp"
#include "commands/report/counted.hpp"
#include "commands/report/merged_outcomes.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/job_record.hpp"
#include "formatters/job_table.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

struct JobListOptions {
  FilterOptions filter;
  ListOptions list;
  bool watch = false;
  bool count = false;
  std::string interval = "2s";  ///< between two looks of --watch, 1s at least
};

constexpr Option<JobListOptions> options_of_list[] = {
    {{.names = count_option.names, .help = count_option.help, .excludes = "--watch"}, into<&JobListOptions::count>},
    {{.names = "-w,--watch", .help = "Refresh continuously; a pipe gets one change per line", .is_live = true},
     into<&JobListOptions::watch>},
    {{.names = "--interval",
      .value = "TIME",
      .help = "Polling interval of --watch, at least 1s",
      .needs = "--watch",
      .shows_default = true},
     into<&JobListOptions::interval>},
};

/// Jobs that are put in order at once at most, without their payloads and with them.
constexpr std::size_t largest_sorted = 5'000, largest_sorted_payloads = 500;

/// A job document that begins with its first row, so that nothing is printed before it is known to be possible.
class JobDocument {
 public:
  JobDocument(const Context& context, const std::vector<OpenedSource>& sources)
      : links_(context, sources_of(sources)), formatter_(context.formatter()) {
    std::size_t stores = 0;  // that answer, as far as is known before the first row
    for (const OpenedSource& source : sources) stores += source.error ? 0 : source.stores.size();
    several_ = stores > 1;
  }

  void add(Job&& job) {
    begin();
    ++rows_;
    ++counts_[job.state];
    formatter_->row(links_.record(std::move(job)));
  }
  void end(const Remarks& remarks, const Fields& summary) {
    begin();
    formatter_->tell(remarks);
    formatter_->end(summary);
  }
  std::uint64_t rows() const { return rows_; }
  const StateCounts& counts() const { return counts_; }

 private:
  void begin() {
    if (begun_) return;
    formatter_->begin(
        Heading{"queuetrace.jobs/1", "jobs", job_columns(), Heading::Layout::list, "ref", &job_table(), several_});
    begun_ = true;
  }

  LinkMaker links_;
  std::unique_ptr<Formatter> formatter_;
  bool several_ = false;  ///< sources
  bool begun_ = false;
  std::uint64_t rows_ = 0;
  StateCounts counts_;
};

/// What is known once the rows are out.
struct Listing {
  std::optional<std::string> next;
  std::vector<SourceOutcome> outcomes;
  std::vector<std::string> warnings;
  bool by_storage = false;  ///< in the order of storage, not newest first
};

/// Pages of a bounded size until `limit` jobs are out, so that a large limit does not mean large memory.
Listing list_limited(std::vector<OpenedSource>& sources, JobQuery query, std::uint64_t limit, const Context& context,
                     JobDocument& document) {
  // Pages are put in order with those of other stores; payloads may be large.
  const std::uint64_t largest_page = query.payload ? largest_sorted_payloads : largest_sorted;
  Listing listing;
  while (true) {
    query.page_size = static_cast<std::size_t>(std::min(largest_page, limit - document.rows()));
    query.follow = limit - document.rows() - query.page_size;
    GatheredPage page = gather_jobs(sources, query);
    for (Job& job : page.jobs) document.add(std::move(job));
    const bool progress = !page.jobs.empty();
    listing.next = page.next;
    listing.warnings.insert(listing.warnings.end(), page.warnings.begin(), page.warnings.end());
    merge_outcomes(listing.outcomes, std::move(page.outcomes));
    if (!listing.next || !progress || document.rows() >= limit || !context.out) return listing;
    query.after = listing.next;
  }
}

/// Everything newest first, where it fits in one page; absent where it does not. Nothing is printed then.
std::optional<Listing> list_all_sorted(std::vector<OpenedSource>& sources, JobQuery query, JobDocument& document) {
  query.page_size = query.payload ? largest_sorted_payloads : largest_sorted;
  GatheredPage page = gather_jobs(sources, query);
  if (page.next ||
      std::ranges::any_of(page.outcomes, [](const SourceOutcome& one) { return one.truncated.has_value(); }))
    return std::nullopt;
  for (Job& job : page.jobs) document.add(std::move(job));
  return Listing{std::nullopt, std::move(page.outcomes), std::move(page.warnings)};
}

/// In flat memory and in the order of storage: each store is read once. People get few jobs newest first.
Listing list_everything(std::vector<OpenedSource>& sources, JobQuery query, const Context& context,
                        JobDocument& document) {
  if (is_for_people(context))
    if (std::optional<Listing> sorted = list_all_sorted(sources, query, document)) return std::move(*sorted);
  Listing listing;
  listing.by_storage = true;
  query.page_size = 1'000;
  listing.outcomes = stream_jobs(
      sources, std::move(query),
      [&](Job&& job) {
        document.add(std::move(job));
        return context.out.good();
      },
      listing.warnings);
  return listing;
}

/// That nothing was found, and what a wider search would find.
void say_nothing_found(std::vector<OpenedSource>& sources, const Listing& listing, const JobQuery& query,
                       const FilterOptions& typed, const Context& context) {
  const std::string wider = query.after ? "" : found_without(sources, query, typed);
  context.notices.note(nothing_words(query.filter, listing.outcomes, wider, context.now()));
}

void say_what_follows(const Listing& listing, const JobDocument& document, const JobQuery& query, Context& context) {
  const bool is_said = !within_words(query.filter, context.now()).empty() && context.format.name == "table";
  if (const std::string about = words_about_times(query.filter); !about.empty() && !is_said && is_for_people(context))
    context.notices.note(about);
  const bool tells_order = context.format.name == "json" || context.format.name == "yaml";
  if (listing.by_storage && document.rows() > 1 && (!tells_order || is_for_people(context)))
    context.notices.note("All jobs are listed in the order of storage; the newest first: --limit N");
  // The other formats of programs have no place for next_cursor, and tables say how to see more. People get no cursor.
  const bool has_place = context.format.name == "json" || context.format.name == "yaml" || is_table(context);
  if (listing.next && document.rows() > 0 && !has_place)
    context.notices.note(
        count_words(document.rows(), "job") + " shown; " +
        (is_for_people(context) ? "more: --limit N, all: --limit 0" : "next page: --cursor " + *listing.next));
}

/// What is said of the total: beside a first page that is not all, as many as can be counted in a moment, where the
/// format has a place for it.
JobTotal total_of(std::vector<OpenedSource>& sources, const JobQuery& query, const Listing& listing,
                  const JobDocument& document, const Context& context) {
  const bool has_place = context.format.name == "json" || context.format.name == "yaml" || is_table(context);
  JobTotal total;
  if (listing.next && !query.after && has_place) total = count_some_jobs(sources, query);
  if (total.jobs() > document.rows()) return total;
  total.states = document.counts();
  total.exactness = listing.next || query.after ? Exactness::at_least : exactness_of(listing.outcomes);
  return total;
}

/// One page of `limit` jobs, or with limit 0 all of them, streamed source after source in storage order where they are
/// too many for people to be put in order. Exit codes:
/// done (an empty list too), not_found when every queue named is unknown, partial when a source failed or a bounded
/// read was cut short.
ExitCode job_list(const JobListOptions& options, Context& context) {
  JobQuery query;
  query.filter = make_filter(options.filter, context);
  query.payload = reads_payloads(options.list.payload, context.format_options);
  query.limits = context.limits;
  const bool everything = options.list.limit == 0;
  if (!options.list.cursor.empty()) {
    if (everything)
      throw Error(ErrorKind::usage, "--cursor continues a page, but --limit 0 lists everything")
          .with_hint("give a limit, or leave out --cursor");
    query.after = options.list.cursor;
    if (options.count)
      throw Error(ErrorKind::usage, "--count counts every job that matches, and --cursor continues a page")
          .with_hint("leave out --cursor");
  }
  std::vector<OpenedSource> sources = context.open(context.required_sources());
  check_states(query.filter, options.filter, sources, context.limits);
  if (options.count) return print_count(sources, query, context);
  if (options.watch) {
    query.page_size = static_cast<std::size_t>(options.list.limit);
    return watch_jobs(sources, query, options.interval, context);
  }

  JobDocument document(context, sources);
  Listing listing = everything ? list_everything(sources, query, context, document)
                               : list_limited(sources, query, options.list.limit, context, document);
  if (document.rows() == 0) throw_only_failure(listing.outcomes);
  if (document.rows() == 0 && !query.after) {
    const std::vector<std::string> unknown = check_queues(query.filter.queues, sources, context.limits);
    listing.warnings.insert(listing.warnings.end(), unknown.begin(), unknown.end());
  }
  const ListedJobs listed{total_of(sources, query, listing, document, context), document.rows(),
                          listing.next ? std::optional(options.list.limit) : std::nullopt, typed_words(options.filter)};
  Fields summary{{"next_cursor", listing.next ? Value{*listing.next} : Value{}}};
  if (!query.after)
    for (Field& field : total_fields(listed.total)) summary.push_back(std::move(field));
  if (everything) summary.push_back({"order", listing.by_storage ? "storage" : "newest"});
  add_time_field(summary, query.filter);
  for (Field& field : outcome_fields(listing.outcomes, listing.warnings)) summary.push_back(std::move(field));
  document.end(listing_remarks(query.filter, listed, listing.outcomes, context), summary);
  report_outcomes(listing.outcomes, listing.warnings, context.notices);
  if (document.rows() == 0 && is_for_people(context))
    say_nothing_found(sources, listing, query, options.filter, context);
  say_what_follows(listing, document, query, context);
  return exit_code_of(listing.outcomes);
}

}  // namespace

CommandForm form(At<"job list">) {
  const auto options = std::make_shared<JobListOptions>();
  CommandForm form(options, job_list);
  form.takes(options->filter, filter_options());
  form.takes(options->list, list_options());
  form.takes(*options, options_of_list);
  return form;
}

}  // namespace queuetrace
