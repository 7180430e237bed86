"use strict";
// One phase with the real library: fill, prepare, view, work, drain; of a race: race, serve, waiting, ran, intact. Prints records in JSON
// lines.
const { inPostgres, queue, take, work, close } = require("./library");
const { fill, prepare, perform } = require("./jobs");
const { make, serve, waiting, ran, intact } = require("./race");

function tell(record) {
  process.stdout.write(JSON.stringify(record) + "\n");
}

const STATES = ["waiting", "active", "completed", "failed", "delayed", "prioritized", "paused", "waiting-children"];

/// What the library says of every job of these queues.
async function view(...names) {
  for (const name of names) {
    // In PostgreSQL what waits in a paused queue is counted where it is asked for alone.
    const counts = await queue(name).getJobCounts(...(inPostgres ? STATES : []));
    tell({ view: "queue", queue: name, counts, paused: await queue(name).isPaused() });
    const seen = new Set();
    for (const state of STATES.filter((one) => one in counts)) {
      for (const job of await queue(name).getJobs([state], 0, -1)) {
        if (!job || seen.has(job.id)) continue;
        seen.add(job.id);
        tell({ view: "job", queue: name, id: String(job.id), state, kind: job.name, payload: job.data,
          result: job.returnvalue, error: job.failedReason, attempts_made: job.attemptsMade,
          attempts_started: job.attemptsStarted, max_attempts: job.opts.attempts, priority: job.opts.priority,
          created_at: job.timestamp, due_at: job.timestamp + (job.opts.delay || 0), started_at: job.processedOn,
          finished_at: job.finishedOn, parent: job.parentKey,
          context: job.opts.telemetry && job.opts.telemetry.metadata });
      }
    }
  }
}

async function run(...names) {
  await work(names, (job) => {
    tell({ ran: job.name, queue: job.queueName || job.queue.name, id: String(job.id) });
    return perform(job);
  });
}

/// Takes without finishing, as many workers at once would, until there is no further job.
async function drain(name) {
  const order = [];
  for (let job = await take(name); job; job = await take(name)) order.push(String(job.id));
  tell({ drained: order });
}

async function main() {
  const [phase, ...names] = process.argv.slice(2);
  const phases = { fill: () => fill(tell), prepare: () => prepare(tell), view, work: run, drain,
    race: (count) => make(tell, count), serve, waiting: () => waiting(tell), ran: () => ran(tell), intact: () => intact(tell) };
  await phases[phase](...names);
  await close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
