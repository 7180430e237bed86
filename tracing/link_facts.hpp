// What is known about one job or trace when a link is made, and the placeholder values that follow from it
// (docs/tracing.md section 1.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/configuration.hpp"
#include "model/job.hpp"
#include "tracing/trace_number.hpp"
#include "tracing/url_template.hpp"

namespace queuetrace {

/// Untrusted text; it reaches a URL through UrlTemplate only. The job must outlive the facts.
struct LinkFacts {
  std::string trace_text;             ///< the id as stored or typed; empty: none
  bool plain_hex = false;             ///< `trace_text` is an id of hex digits
  bool opaque = false;                ///< `trace_text` is to be used as it is
  std::optional<TraceNumber> number;  ///< its value
  std::optional<std::string> span;    ///< 16 hex digits
  std::optional<std::string_view> job_id, queue, correlation_id;
  std::optional<std::string_view> service;     ///< Job::spans, else the system's name; var.service wins
  std::optional<Timestamp> event, start, end;  ///< the job's start, and its times with the window added
  std::string attribute, value;                ///< of an attribute search
};

/// The facts of a job: times with `window` on both sides, `now` as the end of unfinished work.
LinkFacts link_facts(const Job& job, std::chrono::minutes window, Timestamp now);
/// Sets the trace id; the span too, when the text names one and none is known.
void set_trace(LinkFacts& facts, std::string_view trace_id);

/// Whether a template may use the placeholder (normalised name, without `var.`).
bool is_link_placeholder(std::string_view name);
/// The value of a placeholder (normalised name, or `var.NAME`).
TemplateValue link_value(std::string_view name, const LinkFacts& facts, const ViewerSettings& settings);

}  // namespace queuetrace
