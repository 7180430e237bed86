"use strict";
// One phase with the real library: fill, prepare, view, work. Prints records in JSON lines.
const { Queue, Scheduler, Worker, Plugins } = require("node-resque");
const Redis = require("ioredis");

const url = new URL(process.env.REDIS_URL);
const connection = { host: url.hostname, port: Number(url.port), database: Number(url.pathname.slice(1)), namespace: "resque" };
const HOUR = 3600 * 1000;
const LOST = "resque:worker:host-b:78:lost"; // of a worker that the library lists no more
const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const redis = new Redis(connection.port, connection.host, { db: connection.database });

function tell(record) {
  process.stdout.write(JSON.stringify(record) + "\n");
}

/// What a job does is its class; its first argument is its name, which no other has.
const jobs = {
  Succeeds: { perform: async (name) => ({ done: name }) },
  Throws: { perform: async (name) => { throw new TypeError(`${name} cannot be done`); } },
  ThrowsWords: { perform: async () => { throw "only words"; } }, // eslint-disable-line no-throw-literal
  ThrowsOnce: {
    perform: async (name) => {
      if (await redis.incr(`done:${name}`) === 1) throw new Error("not yet");
    },
  },
  GoesOnLater: {
    plugins: [Plugins.Retry],
    pluginOptions: { Retry: { retryLimit: 3, retryDelay: HOUR } },
    perform: async () => { throw new Error("not this time"); },
  },
};

let queue;
async function add(name, kind, act, ...more) {
  await queue.enqueue(name, act, [kind, ...more]);
  tell({ made: kind, queue: name });
}
async function addLater(name, delay, kind, act, ...more) {
  await queue.enqueueIn(delay, name, act, [kind, ...more]);
  tell({ made: kind, queue: name });
}

/// A worker that takes one job and never comes back to it.
async function take(name, worker) {
  const one = new Worker({ connection, queues: [name], name: worker, looping: false }, jobs);
  await one.connect();
  await one.start();
  while (!(await redis.get(`resque:worker:${worker}:${name}`))) await new Promise((done) => setTimeout(done, 20));
  return `${worker}:${name}`;
}

/// The library's worker, until nothing waits in these queues; tells which jobs it ran, in order.
async function work(...names) {
  const worker = new Worker({ connection, queues: names, timeout: 20 }, jobs);
  await worker.connect();
  worker.on("job", (name, job) => tell({ ran: job.args[0], queue: name }));
  const started = worker.start();
  for (;;) {
    const lengths = await Promise.all(names.map((name) => queue.length(name)));
    if (lengths.every((length) => length === 0) && !worker.working) break;
    await new Promise((done) => setTimeout(done, 20));
  }
  await started;
  await worker.end();
}

async function quietly(...names) {
  const written = process.stdout.write;
  process.stdout.write = () => true;
  await work(...names);
  process.stdout.write = written;
}

async function fill() {
  await add("runs", "succeeds", "Succeeds", { order: { id: 7, total: 12.5 }, text: "na\u00efve \u202e \x1b[31m" });
  await add("runs", "fails", "Throws", { traceparent: TRACEPARENT });
  await add("runs", "throws words", "ThrowsWords");
  await add("runs", "has no class", "NoSuchClass");
  await add("runs", "goes on later", "GoesOnLater", 7, true, null, { a: [1, "x y"] });
  await quietly("runs");
  for (const kind of ["first", "second", "third"]) await add("order", kind, "Succeeds");
  await addLater("later", HOUR, "in an hour", "Succeeds");
  await addLater("later", HOUR, "at the same time", "Succeeds", { traceparent: TRACEPARENT });
  await addLater("order", 2 * HOUR, "in two", "Succeeds");
  await add("a queue: odd", "in an odd queue", "Succeeds");
  await add("hands", "in hand", "Succeeds", [], {});
  await take("hands", "host-a:77");
  await add("lost", "of a lost worker", "Succeeds");
  await redis.srem("resque:workers", await take("lost", "host-b:78"));
  await add("silent", "of a silent worker", "Succeeds");
  await take("silent", "named");
  await redis.set("resque:worker:ping:named", JSON.stringify({ time: Math.round(Date.now() / 1000) - 400, name: "named", queues: "silent" }));
}

async function prepare() {
  for (const kind of ["mended", "mended by pattern", "given up"]) await add("mend", kind, "ThrowsOnce");
  await quietly("mend");
  await addLater("hurry", HOUR, "hastened", "Succeeds");
  await addLater("hurry", HOUR, "left", "Succeeds");
  await add("drop", "unwanted", "Succeeds");
  await addLater("drop", HOUR, "unwanted later", "Succeeds");
  await add("drop", "wanted", "Succeeds");
  await add("stop", "cancelled", "Succeeds");
  await add("from", "moved", "Succeeds");
  await add("keep", "kept", "Succeeds", { number: 1e21, text: "\u2028" });
  await addLater("keep", 1000, "kept later", "Succeeds");
  await add("hands", "in hand", "Succeeds");
  await take("hands", "host-a:77");
}

/// What the library says of every job.
async function view() {
  for (const name of await queue.queues())
    for (const job of await queue.queued(name, 0, -1)) tell({ place: "queue", queue: name, kind: job.class, args: job.args });
  const delayed = await queue.allDelayed();
  for (const [due_at, tasks] of Object.entries(delayed))
    for (const job of tasks) {
      const times = await queue.scheduledAt(job.queue, job.class, job.args);
      tell({ place: "delayed", queue: job.queue, kind: job.class, args: job.args, due_at: Number(due_at), times });
    }
  for (const entry of await queue.failed(0, -1))
    tell({ place: "failed", queue: entry.queue, kind: entry.payload.class, args: entry.payload.args, exception: entry.exception,
      error: entry.error, failed_at: Date.parse(entry.failed_at), worker: entry.worker });
  const working = Object.values(await queue.allWorkingOn()).filter((work) => work.payload);
  if (await redis.exists(LOST)) working.push(JSON.parse(await redis.get(LOST)));
  for (const work of working)
    tell({ place: "working", queue: work.queue, kind: work.payload.class, args: work.payload.args,
      started_at: Date.parse(work.run_at), worker: work.worker });
}

/// The library's scheduler, until it has moved what is due.
async function schedule() {
  const scheduler = new Scheduler({ connection, timeout: 20 }, jobs);
  await scheduler.connect();
  await scheduler.start();
  await new Promise((done) => setTimeout(done, 500));
  await scheduler.end();
}

async function main() {
  const [phase, ...names] = process.argv.slice(2);
  queue = new Queue({ connection }, jobs);
  await queue.connect();
  await { fill, prepare, view, work, schedule }[phase](...names);
  await queue.end();
  process.stdout.write("", () => process.exit(0)); // once all of it is written
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
