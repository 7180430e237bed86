#include "formatters/timeline_style.hpp"

namespace queuetrace {

std::string_view timeline_css() {
  return R"(
.qt{--paper:#ffffff;--panel:#f6f8fa;--ink:#1f2328;--soft:#59636e;--line:#d1d9e0;--grid:#eaeef2;--accent:#0550ae;
--ok:#1a7f37;--bad:#cf222e;--busy:#0969da;--retry:#9a6700;--idle:#59636e;--wait:#f5dca0;--wait-edge:#bf8700;
--held:#8c959f;--unknown:#eff1f3;color-scheme:light;
font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
@media screen and (prefers-color-scheme:dark){.qt{--paper:#0d1117;--panel:#161b22;--ink:#e6edf3;--soft:#9198a1;--line:#3d444d;
--grid:#21262d;--accent:#79c0ff;--ok:#3fb950;--bad:#f85149;--busy:#58a6ff;--retry:#d29922;--idle:#9198a1;
--wait:#5a4514;--wait-edge:#bb8009;--held:#6e7681;--unknown:#1c2128;color-scheme:dark}}
.qt .paper{fill:var(--paper)}
.qt text{fill:var(--ink);font-size:13px}
.qt .name{font-weight:600}
.qt .soft{fill:var(--soft)}
.qt .small{font-size:11.5px}
.qt .mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono","DejaVu Sans Mono",monospace;font-size:11px}
.qt .head{font-size:11px;fill:var(--soft);font-weight:600;letter-spacing:.04em}
.qt .subject{font-size:18px;font-weight:650}
.qt .number{font-variant-numeric:tabular-nums;text-anchor:end}
.qt .tick{font-size:11px;fill:var(--soft);font-variant-numeric:tabular-nums}
.qt .grid{stroke:var(--grid);stroke-width:1}
.qt .rule{stroke:var(--line);stroke-width:1}
.qt .tie{fill:none;stroke:var(--line);stroke-width:1.5}
.qt .tie.loose{stroke-dasharray:3 3}
.qt .stripe{fill:var(--panel);opacity:0}
.qt .row:nth-child(even) .stripe{opacity:.6}
.qt .row:hover .stripe{opacity:1}
.qt .mark{fill:var(--accent)}
.qt text.ok{fill:var(--ok)}.qt text.bad{fill:var(--bad)}.qt text.busy{fill:var(--busy)}
.qt text.retry{fill:var(--retry)}.qt text.idle{fill:var(--idle)}
.qt .dot.ok,.qt .running.ok{fill:var(--ok)}.qt .dot.bad,.qt .running.bad{fill:var(--bad)}
.qt .dot.busy,.qt .running.busy{fill:var(--busy)}.qt .dot.retry,.qt .running.retry{fill:var(--retry)}
.qt .dot.idle,.qt .running.idle{fill:var(--idle)}
.qt text.span{fill:var(--soft)}.qt .dot.span,.qt .running.span{fill:var(--held)}
.qt .waiting{fill:var(--wait);stroke:var(--wait-edge);stroke-width:1}
.qt .held{fill:none;stroke:var(--held);stroke-width:1.5;stroke-dasharray:2 3}
.qt .unknown{fill:var(--unknown);stroke:var(--held);stroke-width:1;stroke-dasharray:4 3}
.qt .estimated{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:4 3}
.qt .goes-on{fill:var(--ink)}
.qt .warn{fill:var(--retry)}
.qt a{fill:var(--accent);color:var(--accent)}
.qt a text{fill:var(--accent)}
)";
}

std::string_view state_class(const TraceNode& node) {
  if (node.is_span_alone()) return node.span->status == Span::Status::error ? "bad" : "span";
  if (!node.job) return "idle";
  switch (node.job->state) {
    case JobState::completed: return "ok";
    case JobState::failed:
    case JobState::dead: return "bad";
    case JobState::running: return "busy";
    case JobState::retrying: return "retry";
    default: return "idle";
  }
}

}  // namespace queuetrace
