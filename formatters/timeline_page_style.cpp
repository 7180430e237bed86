#include "formatters/timeline_page_style.hpp"

#include <string>

#include "formatters/timeline_style.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view page_rules = R"(
*{box-sizing:border-box}
:root{--zoom:1;--pan:0}
body{margin:0;background:var(--paper);color:var(--ink);font-size:14px;line-height:1.5}
main{padding:24px 24px 40px}
h1{font-size:21px;font-weight:650;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:15px;margin:28px 0 8px}
p{margin:2px 0;color:var(--soft);overflow-wrap:anywhere}
p.remark{color:var(--ink);border-left:3px solid var(--retry);background:var(--panel);padding:6px 12px;margin:10px 0}
p.critical-path{color:var(--ink);margin:14px 0 0}
dl{display:flex;flex-wrap:wrap;gap:10px;margin:16px 0}
dl div{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:6px 14px;min-width:84px}
dt{font-size:12px;color:var(--soft)}
dd{margin:0;font-size:18px;font-weight:600;font-variant-numeric:tabular-nums}
.bad{color:var(--bad)}.ok{color:var(--ok)}.busy{color:var(--busy)}.retry,.warn{color:var(--retry)}.idle,.soft{color:var(--soft)}
.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
#tools{display:none;gap:8px;align-items:center;flex-wrap:wrap;margin:0 0 8px}
.scripted #tools{display:flex}
#tools input{font:inherit;padding:4px 10px;width:290px;color:var(--ink);background:var(--paper);border:1px solid var(--line);border-radius:6px}
#tools button{font:inherit;padding:3px 10px;color:var(--ink);background:var(--panel);border:1px solid var(--line);border-radius:6px;cursor:pointer}
#tools output{color:var(--soft)}
.sheet{width:100%;table-layout:fixed;border-collapse:collapse}
.sheet td,.sheet th{padding:0;text-align:left;font-weight:inherit}
.sheet thead{position:sticky;top:0;z-index:2;background:var(--paper)}
.cols{display:grid;grid-template-columns:minmax(250px,28%) 92px 44px 72px 64px minmax(0,1fr);column-gap:8px;align-items:start}
.cols.heads{border-bottom:1px solid var(--line);font-size:11px;color:var(--soft);font-weight:600;letter-spacing:.04em;line-height:18px;align-items:end;padding-top:6px}
.track{display:block;overflow:hidden;min-width:0;padding-right:12px}
.heads .track{cursor:crosshair;letter-spacing:0}
.heads .track,.rows .track{touch-action:pan-y}
.track svg{display:block;overflow:visible}
.map{width:100%;height:30px;background:var(--panel)}
.map .window{fill:var(--accent);opacity:.18;stroke:var(--accent);stroke-width:1;vector-effect:non-scaling-stroke}
.map .waiting,.map .unknown,.map .estimated{stroke:none}
.map .waiting{fill:var(--wait-edge);opacity:.6}
.axis{width:100%;height:18px}
.axis text{text-anchor:middle}.axis .early{text-anchor:start}.axis .late{text-anchor:end}
.rows{position:relative}
.rows>.under{position:absolute;inset:0;pointer-events:none}
.rows>.under .track{height:100%}
.lines{width:100%;height:100%}
.row{display:grid;grid-template-columns:minmax(250px,28%) 92px 44px 72px 64px minmax(0,1fr);column-gap:8px;position:relative;line-height:24px;
font-size:13px;border-bottom:1px solid var(--grid);content-visibility:auto;contain-intrinsic-size:auto 25px;break-inside:avoid}
.row:hover,.job:target{background:var(--panel)}
.row.gone,.job.gone{display:none}
.row.faint>*{opacity:.45}
.row.critical{box-shadow:inset 3px 0 var(--accent)}
summary{list-style:none;cursor:pointer}
summary::-webkit-details-marker{display:none}
.ties{position:absolute;left:8px;top:0;width:190px;height:100%;pointer-events:none}
.who{display:flex;flex-wrap:wrap;column-gap:6px;min-width:0;white-space:nowrap;position:relative}
.name{font-weight:600;max-width:100%;overflow:hidden;text-overflow:ellipsis;white-space:pre}
.parent .name::before{content:"▾ ";color:var(--soft);font-weight:400}
details:not([open])>.parent .name::before{content:"▸ "}
.star{color:var(--accent);font-size:11px}
.id,.ref,.drag{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:11.5px}
.id,.open{text-decoration:none}
.row .dot{font-size:9px;vertical-align:1px;margin-right:6px}
.bar{width:calc(100%*var(--zoom));margin-left:calc(-100%*var(--zoom)*var(--pan));height:20px;margin-top:2px}
.bar .running{stroke-width:1;stroke:currentColor}
.bar .running.ok{stroke:var(--ok)}.bar .running.bad{stroke:var(--bad)}.bar .running.busy{stroke:var(--busy)}
.bar .running.retry{stroke:var(--retry)}.bar .running.idle{stroke:var(--idle)}.bar .running.estimated{stroke:var(--ink)}
.bar .onward{font-size:10px}
.more{grid-column:1/-1;font-size:12px;line-height:17px;padding-bottom:3px;overflow-wrap:anywhere;min-width:0}
.d0{padding-left:8px}.d1{padding-left:22px}.d2{padding-left:36px}.d3{padding-left:50px}.d4{padding-left:64px}.d5{padding-left:78px}
.d6{padding-left:92px}.d7{padding-left:106px}.d8{padding-left:120px}.d9{padding-left:134px}.d10{padding-left:148px}.d11{padding-left:162px}
.d12{padding-left:176px}
.legend{display:flex;flex-wrap:wrap;gap:4px 18px;margin:8px 0;font-size:12px;color:var(--soft)}
.legend span{display:flex;gap:6px;align-items:center}
.legend svg{width:24px;height:12px}
.keys{display:none;font-size:12px}
.scripted .keys{display:block}
.select{position:absolute;top:0;bottom:0;background:var(--accent);opacity:.18;pointer-events:none}
.jobs{border:1px solid var(--line);border-radius:8px;font-size:13px;overflow:hidden}
.job{display:grid;grid-template-columns:minmax(0,2.6fr) minmax(0,2.4fr) 84px 44px minmax(0,1.5fr) 72px 72px;column-gap:12px;padding:5px 12px;
border-bottom:1px solid var(--grid);content-visibility:auto;contain-intrinsic-size:auto 56px;break-inside:avoid;scroll-margin-top:80px}
.job:last-child{border-bottom:0}
.job>*{overflow-wrap:anywhere;min-width:0}
.job.heads{color:var(--soft);font-size:12px;font-weight:600;background:var(--panel)}
.job p{grid-column:1/-1;font-size:12px}
.job p.error{color:var(--bad)}
.when{font-variant-numeric:tabular-nums;font-size:12px}
footer{margin-top:24px;color:var(--soft);font-size:12px}
@media (max-width:1099px){.cols,.row{grid-template-columns:minmax(210px,28%) 88px 70px 60px minmax(0,1fr)}.try{display:none}}
@page{size:A4 landscape;margin:10mm}
@media print{
body{font-size:11px;print-color-adjust:exact;-webkit-print-color-adjust:exact}main{padding:0}.scripted #tools,.scripted .keys,.open{display:none}
.sheet thead{position:static}.row,.job{content-visibility:visible}.row{font-size:11px;line-height:20px}.bar{margin-top:0}a{color:inherit;text-decoration:none}dl{margin:8px 0}
}
)";

}  // namespace

std::string_view page_css() {
  static const std::string css = std::string(timeline_css()) + std::string(page_rules);
  return css;
}

std::string_view page_policy() {
  // tests/pictures/pages says what stands here after a change of the style or the script.
  return "default-src 'none'; style-src 'sha256-YBTV+EHgwMQRJkmEBwDtFo1soYG7DrWLc8KP9erL2uE='; "
         "script-src 'sha256-JptDH2PTJ8/690KcOKX+Z702fGJl1qHQcQtI5B7xPAs='; base-uri 'none'; form-action 'none'";
}

}  // namespace queuetrace
