"use strict";
// The jobs that are made, what their worker does with them, and what is told of each: its queue, id and trace.
const { HOUR, isBull, tracer, queue, flows, take, loseLock, work } = require("./library");

const HAND_MADE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// The worker: what a job does is in its data.
async function perform(job) {
  switch (job.data.act) {
    case "throw": throw new Error(`${job.name} cannot be done`);
    case "throw text": throw "only words"; // eslint-disable-line no-throw-literal
    case "throw once":
      await (job.updateData ? job.updateData({ act: "return" }) : job.update({ act: "return" })); // Bull and BullMQ 3
      throw new Error("not yet");
    default: return { done: job.name };
  }
}

async function make(tell, name, kind, data, options, facts) {
  const job = await queue(name).add(kind, data, options);
  tell({ made: kind, queue: name, id: String(job.id), ...facts });
  return job;
}

/// The next job of a scheduler, which runs at the beginning of a year.
async function schedule(tell, name, kind) {
  const pattern = "0 0 1 1 *";
  const job = queue(name).upsertJobScheduler
    ? await queue(name).upsertJobScheduler(kind, { pattern }, { name: kind, data: {} })
    : await queue(name).add(kind, {}, { repeat: isBull ? { cron: pattern } : { pattern } });
  tell({ made: kind, queue: name, id: String(job.id) });
}

async function fill(tell) {
  const add = (name, kind, data = {}, options = {}, facts = {}) => make(tell, name, kind, data, options, facts);
  await add("runs", "succeeds", { order: { id: 7, total: 12.5 }, text: "na\u00efve \u202e \x1b[31m" });
  await add("runs", "fails", { act: "throw" });
  await add("runs", "fails and goes on later", { act: "throw" }, { attempts: 3, backoff: { type: "fixed", delay: HOUR } });
  await add("runs", "fails first", { act: "throw once" }, { attempts: 2 });
  await add("runs", "throws words", { act: "throw text" });
  await add("runs", "has an id", {}, { jobId: isBull ? "a:b/\u00fc #1" : "order/\u00fc #1" });
  await work(["runs"], perform);

  for (const kind of ["first", "second", "third"]) await add("order", kind);
  await add("order", "last in, first out", {}, { lifo: true });
  await add("order", "priority 5", {}, { priority: 5 });
  await add("order", "priority 1", {}, { priority: 1 });
  await add("order", "priority 5 again", {}, { priority: 5 });

  await add("later", "in an hour", {}, { delay: HOUR });
  await add("later", "in two", {}, { delay: 2 * HOUR, priority: 2, attempts: 4 });

  await schedule(tell, "later", "of a scheduler");

  await add("held", "before the pause");
  await queue("held").pause();
  await add("held", "after the pause");
  await add("held", "with a priority", {}, { priority: 1 });

  await add("hands", "in hand");
  await take("hands");
  const lost = await add("hands", "without a lock", {}, {}, { note: "stalled" });
  await take("hands");
  await loseLock("hands", lost.id);

  await traces(tell, add);
  if (!isBull) await families(tell);
}

async function traces(tell, add) {
  const hand = { trace_id: HAND_MADE.split("-")[1], span_id: HAND_MADE.split("-")[2] };
  await add("traces", "by hand", { traceparent: HAND_MADE, number: 1 }, {}, hand);
  await add("traces", "in a member", { trace_context: { traceparent: HAND_MADE } }, {}, hand);
  await add("traces", "beside the options", {}, { traceparent: HAND_MADE }, hand);
  if (process.env.TELEMETRY !== "yes") return;
  await tracer().startActiveSpan("request", async (span) => {
    const trace_id = span.spanContext().traceId;
    await add("traces", "telemetry", {}, {}, { trace_id });
    await add("traces", "telemetry, later", {}, { delay: HOUR }, { trace_id });
    await add("runs", "telemetry, fails", { act: "throw" }, { attempts: 2, backoff: HOUR }, { trace_id });
    span.end();
  });
  await work(["runs"], perform);
}

/// Parents whose child fails, once with each answer to that, and one whose children succeed.
async function families(tell) {
  const answers = ["", "failParentOnFailure", "continueParentOnFailure", "ignoreDependencyOnFailure", "removeDependencyOnFailure"];
  const producer = flows();
  const tellAll = ({ job, children }) => {
    tell({ made: job.name, queue: job.queueName, id: job.id });
    for (const child of children || []) tellAll(child);
  };
  for (const answer of answers) {
    const opts = answer ? { [answer]: true } : {};
    tellAll(await producer.add({ name: `parent, ${answer || "no answer"}`, queueName: "families", data: {},
      children: [{ name: "fails", queueName: "children", data: { act: "throw" }, opts },
        { name: "succeeds", queueName: "children", data: {} }] }));
  }
  tellAll(await producer.add({ name: "parent of one", queueName: "families", data: {},
    children: [{ name: "succeeds", queueName: "children", data: {} }] }));
  await work(["children"], perform);
}

/// Jobs for changes; the worker has run what is to fail.
async function prepare(tell) {
  const add = (name, kind, data = {}, options = {}) => make(tell, name, kind, data, options);
  for (const kind of ["mended", "mended by pattern", "given up"]) await add("mend", kind, { act: "throw once" });
  await work(["mend"], perform);
  await add("hurry", "hastened", {}, { delay: HOUR });
  await add("hurry", "hastened with a priority", {}, { delay: HOUR, priority: 3 });
  await add("drop", "unwanted");
  await add("drop", "unwanted later", {}, { delay: HOUR });
  await add("drop", "wanted");
  await schedule(tell, "drop", "of a scheduler");
  await add("keep", "kept");
  await add("stop", "held back");
  await add("hands", "in hand");
  await take("hands");
  if (isBull) return;
  const { job, children } = await flows().add({ name: "parent of a mended child", queueName: "families", data: {},
    children: [{ name: "child, mended", queueName: "children", data: { act: "throw once" } }] });
  tell({ made: job.name, queue: "families", id: job.id });
  tell({ made: "child, mended", queue: "children", id: children[0].job.id });
  await work(["children"], perform);
}

module.exports = { fill, prepare, perform };
