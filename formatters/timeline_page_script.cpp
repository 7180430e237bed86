#include "formatters/timeline_page_script.hpp"

namespace queuetrace {

std::string_view page_script() {
  return R"js(
"use strict";
(() => {
const root = document.documentElement, sheet = document.querySelector(".sheet");
const at = selector => document.querySelector(selector);
const length = Number(sheet.dataset.length), tracks = [...document.querySelectorAll(".heads .track, .under .track")];
const map = at(".map"), axis = at(".axis"), lines = at(".lines"), filter = at("#filter"), found = at("#found");
const rows = [...document.querySelectorAll(".row")], jobs = [...document.querySelectorAll(".job[id]")];
const least = 1 / 10000;
let from = 0, to = 1;
root.classList.add("scripted");

const shape = (name, attributes, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  if (text !== undefined) element.textContent = text;
  return element;
};
const windowShape = map.appendChild(shape("rect", {class: "window", y: 0, height: "100%"}));

// Offsets as the rest of queuetrace writes them: 250ms, 1.5s, 2m05s, 3h10m, 1d04h.
const units = [["d", 864e8], ["h", 36e8], ["m", 6e7], ["s", 1e6], ["ms", 1e3], ["us", 1]];
const two = number => String(number).padStart(2, "0");
const offset = (value, step) => {
  if (Math.abs(value) < step / 1e3) return "0";
  const index = units.findIndex(unit => value >= unit[1] - step / 1e3);
  const [name, size] = units[index < 0 ? 5 : index];
  if (index > 2 || index < 0) return Number((value / size).toFixed(Math.max(0, Math.ceil(Math.log10(size / step))))) + name;
  const [smaller, part] = units[index + 1], whole = Math.floor((value + step / 1e3) / size);
  const rest = (value - whole * size) / part;
  if (index === 2 && step < 1e6) return whole + name + rest.toFixed(Math.ceil(Math.log10(1e6 / step))) + "s";
  return rest < 1e-6 ? whole + name : whole + name + two(Math.round(rest)) + smaller;
};
const steps = [];
for (let power = 1; power < 1e6; power *= 10) steps.push(power, 2 * power, 5 * power);
steps.push(...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400].map(s => s * 1e6));
for (let power = 2; power < 1e6; power *= 10) steps.push(power * 864e8, 2.5 * power * 864e8, 5 * power * 864e8);

const drawAxis = () => {
  const most = Math.max(3, Math.min(10, axis.clientWidth / 70)), wanted = length * (to - from) / most, step = steps.find(one => one >= wanted) || steps[steps.length - 1];
  axis.replaceChildren();
  lines.replaceChildren();
  for (let tick = Math.ceil(length * from / step - 1e-9) * step; tick <= length * to * (1 + 1e-9); tick += step) {
    const share = (tick / length - from) / (to - from), x = (share * 100).toFixed(4) + "%";
    axis.append(shape("text", {class: share > 0.96 ? "tick late" : share < 0.04 ? "tick early" : "tick", x, y: 13}, offset(tick, step)));
    lines.append(shape("line", {class: "grid", x1: x, x2: x, y1: 0, y2: "100%"}));
    if (axis.childElementCount > 40) break;
  }
};
// Only bars in sight are moved, the others when they come into sight: a zoom costs the same however many rows there are.
const inSight = new Set();
const place = row => {
  const bar = row.querySelector(".bar");
  bar.style.setProperty("--zoom", 1 / (to - from));
  bar.style.setProperty("--pan", from);
};
const sight = new IntersectionObserver(entries => entries.forEach(entry => {
  if (entry.isIntersecting) { inSight.add(entry.target); place(entry.target); } else inSight.delete(entry.target);
}), {rootMargin: "300px"});
rows.forEach(row => sight.observe(row));
const show = (first, last) => {
  const wide = Math.min(1, Math.max(least, last - first));
  from = Math.min(Math.max(0, first), 1 - wide);
  to = from + wide;
  inSight.forEach(place);
  windowShape.setAttribute("x", from * 1000);
  windowShape.setAttribute("width", wide * 1000);
  windowShape.style.display = wide < 1 ? "" : "none";
  if (length > 0) drawAxis();
};
const zoom = (factor, center = 0.5) => {
  const middle = from + (to - from) * center, wide = Math.min(1, Math.max(least, (to - from) / factor));
  show(middle - wide * center, middle + wide * (1 - center));
};
const pan = share => show(from + (to - from) * share, to + (to - from) * share);

// Rows that match stay, and the rows that lead to them stay faintly.
const words = rows.map(row => row.textContent.toLowerCase() + " " + row.title.toLowerCase());
const apply = () => {
  const asked = filter.value.toLowerCase().split(/\s+/).filter(word => word);
  const leads = new Set();
  let count = 0;
  const fits = words.map(text => asked.every(word => text.includes(word)));
  rows.forEach((row, index) => {
    if (!fits[index]) return;
    ++count;
    let fold = row.parentElement.closest("details");
    if (row.tagName === "SUMMARY") fold = row.parentElement.parentElement.closest("details");
    for (; fold && !leads.has(fold); fold = fold.parentElement.closest("details")) leads.add(fold);
  });
  rows.forEach((row, index) => {
    const leading = row.tagName === "SUMMARY" && leads.has(row.parentElement);
    if (asked.length > 0 && leading) row.parentElement.open = true;
    row.classList.toggle("gone", !fits[index] && !leading);
    row.classList.toggle("faint", !fits[index] && leading);
    if (jobs[index]) jobs[index].classList.toggle("gone", !fits[index]);
  });
  found.textContent = asked.length > 0 ? count + " of " + rows.length : "";
};
const fold = open => document.querySelectorAll(".rows details").forEach(one => { one.open = open; });

const actions = {in: () => zoom(2), out: () => zoom(0.5), all: () => show(0, 1), left: () => pan(-0.25), right: () => pan(0.25),
  fold: () => fold(false), unfold: () => fold(true), filter: () => filter.focus(), clear: () => { filter.value = ""; apply(); show(0, 1); }};
const keys = {"+": "in", "=": "in", "-": "out", "0": "all", ArrowLeft: "left", ArrowRight: "right", c: "fold", e: "unfold", "/": "filter",
  Escape: "clear"};
addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target === filter;
  if (typing && event.key === "Escape") filter.blur();
  if (typing && event.key !== "Escape") return;
  const action = actions[keys[event.key]];
  if (!action) return;
  event.preventDefault();
  action();
});
at("#tools").addEventListener("click", event => {
  const action = actions[event.target.dataset.do];
  if (action) action();
});
filter.addEventListener("input", apply);

// The pointer: Ctrl and the wheel zoom where it is, a drag zooms to what it spans, on the overview it moves the window.
const share = (event, track) => {
  const box = track.getBoundingClientRect(), wide = box.width - parseFloat(getComputedStyle(track).paddingRight);
  return Math.min(1, Math.max(0, (event.clientX - box.left) / wide));
};
sheet.addEventListener("wheel", event => {
  const track = event.target.closest(".track");
  if (!track) return;
  if (event.ctrlKey || event.metaKey) zoom(Math.pow(1.0015, -event.deltaY), share(event, track));
  else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) pan((event.deltaX || event.deltaY) / 1500);
  else return;
  event.preventDefault();
}, {passive: false});
let drag = null, dragged = false;
sheet.addEventListener("pointerdown", event => {
  const track = event.target.closest(".track");
  if (!track || event.button !== 0) return;
  drag = {track, begin: share(event, track), overview: event.target.closest(".map") !== null, moved: false};
});
addEventListener("pointermove", event => {
  if (!drag) return;
  const now = share(event, drag.track);
  if (Math.abs(now - drag.begin) < 0.01 && !drag.moved) return;
  drag.moved = true;
  getSelection().removeAllRanges();
  if (drag.overview && to - from < 1) show(now - (to - from) / 2, now + (to - from) / 2);
});
addEventListener("pointerup", event => {
  if (!drag) return;
  const {track, begin, overview, moved} = drag, now = share(event, track), wide = to - from;
  drag = null;
  if (overview && wide < 1) { show(now - wide / 2, now + wide / 2); return; }
  if (!moved) return;
  const first = from + Math.min(begin, now) * wide, last = from + Math.max(begin, now) * wide;
  if (last > first) show(first, last);
  dragged = true;
  setTimeout(() => { dragged = false; }, 0);
});
addEventListener("click", event => { if (dragged) { event.preventDefault(); event.stopPropagation(); } }, true);
sheet.addEventListener("dblclick", event => { if (event.target.closest(".track")) show(0, 1); });

// Paper shows the whole.
let kept = null;
addEventListener("beforeprint", () => { kept = [from, to]; show(0, 1); rows.forEach(place); });
addEventListener("resize", () => show(from, to));
addEventListener("afterprint", () => { if (kept) show(...kept); });
show(0, 1);
})();
)js";
}

}  // namespace queuetrace
