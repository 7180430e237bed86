"use strict";
// Many jobs for workers that run beside changes, what became of them, and whether the library finds its own keys in order.
const { isBull, queue, redis, records, worker } = require("./library");

const BATCH = 1000;
const SOON = 20 * 1000;
const NAME = "race";
// Of each worker process: so many jobs at a time, each of which takes so long (milliseconds).
const AT_ONCE = 5;
const TAKES = 10;
const ENDED = ["completed", "failed"];

/// One in ten is not wanted; some of all have a delay, a priority, or fail until they are retried.
function plan(number) {
  const unwanted = number % 10 === 7;
  const data = !unwanted && number % 9 === 4 ? { act: "throw once" } : {};
  const opts = {};
  if (number % 7 === 3) opts.delay = SOON;
  if (number % 5 === 1) opts.priority = 1 + (number % 3);
  return { name: unwanted ? "unwanted" : "wanted", data, opts };
}

async function make(tell, count) {
  for (let first = 0; first < Number(count); first += BATCH) {
    const jobs = [];
    for (let number = first; number < Math.min(first + BATCH, Number(count)); ++number) jobs.push(plan(number));
    for (const job of await queue(NAME).addBulk(jobs)) tell({ queue: NAME, id: String(job.id) });
  }
}

async function perform(job) {
  await new Promise((done) => setTimeout(done, TAKES));
  if (job.data.act) {
    await (isBull ? job.update({}) : job.updateData({}));
    throw new Error("not yet");
  }
  await records().rpush("ran", String(job.id));
}

/// The library's worker, until it is told to end.
async function serve() {
  const serving = worker(NAME, perform, AT_ONCE);
  await new Promise((done) => process.once("SIGTERM", done));
  await serving.close();
}

/// How many jobs have not ended well: failed ones are to be retried.
async function waiting(tell) {
  const counts = await queue(NAME).getJobCounts();
  const number = Object.entries(counts).filter(([state]) => state !== "completed").reduce((sum, [, count]) => sum + count, 0);
  tell({ waiting: number, counts });
}

async function ran(tell) {
  for (const id of await records().lrange("ran", 0, -1)) tell({ queue: NAME, id });
}

/// What is wrong, as the library sees it: a job that is in no state, a lock that nobody holds, a list that is not empty.
async function intact(tell) {
  const keys = await redis().keys(`bull:${NAME}:*`);
  for (const key of keys) {
    const id = /^bull:race:(\d+)$/.exec(key);
    if (id && !ENDED.includes(await (await queue(NAME).getJob(id[1])).getState())) tell({ problem: `${id[1]} is in no state` });
    if (/:(lock|logs|dependencies)$/.test(key)) tell({ problem: `${key} is left over` });
  }
  const counts = await queue(NAME).getJobCounts();
  for (const [state, count] of Object.entries(counts)) {
    if (state !== "completed" && count !== 0) tell({ problem: `${count} jobs are ${state}` });
  }
  const hashes = keys.filter((key) => /^bull:race:\d+$/.test(key)).length;
  if (hashes !== counts.completed) tell({ problem: `${hashes} jobs have a record, ${counts.completed} are completed` });
}

module.exports = { make, serve, waiting, ran, intact };
