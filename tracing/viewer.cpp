#include "tracing/viewer.hpp"

#include <fmt/format.h>

#include "model/error.hpp"
#include "tracing/characters.hpp"
#include "tracing/split.hpp"
#include "tracing/trace_id.hpp"
#include "tracing/url.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view base_placeholder = "{base}";

/// The template with the base URL in its place; empty when it needs one and there is none.
std::string with_base(std::string_view url, std::string_view base) {
  if (url.starts_with(base_placeholder)) {
    if (base.empty()) return {};
    return std::string(base).append(url.substr(base_placeholder.size()));
  }
  if (base.empty() || url.empty()) return std::string(url);
  const UrlParts parts = split_url(url);
  return std::string(base).append(url.substr(parts.scheme.size() + 3 + parts.authority.size()));
}

std::string known_presets() {
  std::string names;
  for (const ViewerPreset& preset : viewer_presets()) names.append(names.empty() ? "" : ", ").append(preset.name);
  return names;
}

}  // namespace

Viewer::Viewer(const ViewerSettings& settings) : name_(settings.name), settings_(settings) {
  std::string_view base = settings_.base;
  while (base.ends_with('/')) base.remove_suffix(1);
  if (base.find_first_of("{}?#") != std::string_view::npos)
    throw Error(ErrorKind::usage, owner() + ": its base URL must not hold placeholders, a query or a fragment");
  const auto make = [&](std::string_view url) {
    const std::string text = with_base(url, base);
    return text.empty() ? UrlTemplate() : UrlTemplate(text, owner(), is_link_placeholder, settings_.variables);
  };
  if (!settings_.preset) {
    trace_ = make(settings_.url);
    takes_any_text_ = true;
    return;
  }
  const ViewerPreset* const preset = find_viewer_preset(*settings_.preset);
  if (preset == nullptr)
    throw Error(ErrorKind::usage, fmt::format("{}: unknown preset '{}'", owner(), *settings_.preset))
        .with_hint("known presets: " + known_presets());
  for (const std::string_view entry : split(preset->defaults, '&')) {
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || find_variable(settings_.variables, entry.substr(0, equals)) != nullptr)
      continue;
    settings_.variables.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  trace_ = make(preset->url);
  search_ = make(preset->search);
}

Viewer::Link Viewer::fill(const UrlTemplate& url, const LinkFacts& facts) const {
  return url.fill([&](std::string_view name) { return link_value(name, facts, settings_); });
}

Viewer::Link Viewer::trace_link(const Job& job, Timestamp now) const {
  const auto no = [](std::string reason) { return Link{std::nullopt, std::move(reason)}; };
  if (!has_url()) return no(owner() + " has no URL configured");
  if (!job.trace.trace_id || job.trace.trace_id->empty() || job.trace.status == TraceStatus::absent)
    return no("no trace id stored");
  if (job.trace.status == TraceStatus::placeholder)
    return no("the stored trace id is a placeholder that names no trace");
  LinkFacts facts = link_facts(job, settings_.window, now);
  if (job.trace.status == TraceStatus::opaque) {
    if (!takes_any_text_)
      return no(facts.number ? "the stored trace id is a UUID made by the application, not the id of a trace"
                             : "the stored trace id is not one that a viewer can open");
    facts.opaque = true;
  }
  return fill(trace_, facts);
}

Viewer::Link Viewer::trace_link(std::string_view trace_id, Timestamp) const {
  const auto no = [](std::string reason) { return Link{std::nullopt, std::move(reason)}; };
  if (!has_url()) return no(owner() + " has no URL configured");
  const TraceStatus status = classify_trace_id(trace_id);
  if (status == TraceStatus::absent) return no("no trace id given");
  if (status == TraceStatus::placeholder) return no("an id of zeros names no trace");
  LinkFacts facts;
  set_trace(facts, trace_id);
  facts.opaque = takes_any_text_ && status == TraceStatus::opaque;
  if (!facts.opaque && !facts.number) return no("this is not a trace id that a viewer can open");
  return fill(trace_, facts);
}

std::string Viewer::search_attribute(const Job& job) const {
  const std::string* const attribute = find_variable(settings_.variables, "search_attribute");
  return attribute != nullptr && !attribute->empty() ? *attribute : std::string(job.spans.attribute);
}

Viewer::Link Viewer::search_link(const Job& job, Timestamp now) const {
  if (job.ref.id.empty()) return {std::nullopt, "the job has no id to search for"};
  return search_link(job, now, search_attribute(job), job.ref.id.raw());
}

Viewer::Link Viewer::search_link(const Job& job, Timestamp now, std::string_view attribute,
                                 std::string_view value) const {
  if (search_.empty())
    return {std::nullopt,
            has_url() ? owner() + " has no attribute search that can be linked" : owner() + " has no URL configured"};
  LinkFacts facts = link_facts(job, settings_.window, now);
  facts.attribute = attribute;
  facts.value = value;
  return fill(search_, facts);
}

}  // namespace queuetrace
