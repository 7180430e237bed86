// Values of placeholders that are written in a language of their own: JSON states of user interfaces, TraceQL, Zipkin's
// annotation query. Escaped for that language here; percent encoding comes after, in UrlTemplate.
#pragma once

#include "tracing/link_facts.hpp"

namespace queuetrace {

TemplateValue grafana_panes(const LinkFacts& facts, const ViewerSettings& settings);         ///< `{panesJSON}`
TemplateValue grafana_left(const LinkFacts& facts, const ViewerSettings& settings);          ///< `{leftJSON}`
TemplateValue grafana_search_panes(const LinkFacts& facts, const ViewerSettings& settings);  ///< `{searchPanesJSON}`
TemplateValue jaeger_tags(const LinkFacts& facts);                                           ///< `{tagsJSON}`
TemplateValue zipkin_annotation_query(const LinkFacts& facts);                               ///< `{annotationQuery}`
TemplateValue axiom_query(const LinkFacts& facts, const ViewerSettings& settings);           ///< `{axiomJSON}`
TemplateValue coroot_query(const LinkFacts& facts);                                          ///< `{corootJSON}`
TemplateValue azure_scope(const ViewerSettings& settings);                                   ///< `{azureScopeJSON}`
TemplateValue azure_query(const LinkFacts& facts);                                           ///< `{azureQuery}`
/// `{azureTimespan}`: the window, or the last day where it is unknown.
TemplateValue azure_timespan(const LinkFacts& facts);

}  // namespace queuetrace
