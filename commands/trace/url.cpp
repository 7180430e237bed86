// `trace url`: the viewer's link to a trace, and nothing else, for scripts.
#include <array>
#include <memory>
#include <ostream>
#include <vector>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/trace/subject.hpp"

namespace queuetrace {
namespace {

struct TraceUrlOptions {
  TraceArgument argument;
  bool all_viewers = false;
};

constexpr Option<TraceUrlOptions> options_of_url[] = {
    {{.names = "--all-viewers", .help = "Print the links of all configured viewers: name, tab, URL"},
     into<&TraceUrlOptions::all_viewers>},
};

constexpr std::array columns{Column{.field = "viewer", .heading = "VIEWER"}, Column{.field = "url", .heading = "URL"}};

struct NamedLink {
  std::string viewer;
  std::string url;
};

/// A plain line is what a shell takes; whoever names a format for programs gets it.
bool wants_records(const Context& context) {
  const std::string_view name = context.format.name;
  return context.format_asked && (context.format.machine || name == "csv" || name == "tsv");
}

void print(const std::vector<NamedLink>& links, bool with_viewers, Context& context) {
  if (wants_records(context)) {
    const std::unique_ptr<Formatter> formatter = context.formatter();
    formatter->begin({"queuetrace.links/1", "links", columns, Heading::Layout::list, "url"});
    for (const NamedLink& link : links) formatter->row({{"viewer", link.viewer}, {"url", link.url}});
    formatter->end({});
    return;
  }
  for (const NamedLink& link : links) context.out << (with_viewers ? link.viewer + "\t" : "") << link.url << '\n';
}

/// Prints the URL and a line end; `all_viewers`: one line a viewer that has a link, name, tab, URL. Where JSON, CSV or
/// TSV was asked for, records of schema `queuetrace.links/1`, key `links`: viewer, url. not_found when there is no
/// link, with the reason.
ExitCode trace_url(const TraceUrlOptions& options, Context& context) {
  const TraceSubject subject = find_trace_subject(options.argument, context);
  std::vector<NamedLink> links;
  if (!options.all_viewers) {
    const ViewerLink link = required_trace_link(subject, context);
    links.push_back({link.viewer, link.url});
  } else {
    for (const Viewer& viewer : context.viewers.all()) {
      const Viewer::Link link = subject.link(viewer, context.now());
      if (link.url)
        links.push_back({viewer.name(), *link.url});
      else
        context.notices.note(viewer.name() + ": " + link.reason);
    }
    if (links.empty()) throw Error(ErrorKind::not_found, "no viewer has a link for " + subject.name());
  }
  print(links, options.all_viewers, context);
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"trace url">) {
  const auto options = std::make_shared<TraceUrlOptions>();
  CommandForm form(options, trace_url);
  form.takes(options->argument, trace_argument());
  form.takes(*options, options_of_url);
  return form;
}

}  // namespace queuetrace
