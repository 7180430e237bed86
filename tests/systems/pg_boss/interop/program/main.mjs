// One phase with the real library: migrate, fill, prepare, view, work, race, serve. Prints records in JSON lines. The folder of the
// library is the first argument; the connection is in PGHOST, PGUSER, PGDATABASE.
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [folder, phase, ...queues] = process.argv.slice(2);
const require = createRequire(`${folder}/`);
const loaded = await import(pathToFileURL(require.resolve("pg-boss")));
const PgBoss = loaded.PgBoss ?? loaded.default;
const { Pool } = require("pg");

const database = { host: process.env.PGHOST, user: process.env.PGUSER, database: process.env.PGDATABASE };
const boss = new PgBoss({ ...database, supervise: false, schedule: false, noSupervisor: true, noScheduling: true });
const named = typeof boss.createQueue === "function"; // from 10 on
boss.on("error", (error) => console.error(error));

const tell = (record) => console.log(JSON.stringify(record));
const outer = "0af7651916cd43dd8448eb211c80319c";
const traceparent = (n) => `00-${outer}-${String(n).padStart(16, "b")}-01`;
const known = new Set();
const BATCH = 50; // each fetch puts all that waits in order

async function queue(name) {
  if (named && !known.has(name)) await boss.createQueue(name);
  known.add(name);
}

async function make(name, state, where, data, options = {}, facts = {}) {
  await queue(where);
  const id = await boss.send(where, data, options);
  tell({ made: name, id, state, ...facts });
  return id;
}

/// The next job of the queue, as a worker takes it.
async function take(where) {
  const fetched = await boss.fetch(where);
  return Array.isArray(fetched) ? fetched[0] : (fetched ?? undefined);
}
const complete = (job, output) => (named ? boss.complete(job.name, job.id, output) : boss.complete(job.id, output));
const fail = (job, error) => (named ? boss.fail(job.name, job.id, error) : boss.fail(job.id, error));
const cancel = (where, id) => (named ? boss.cancel(where, id) : boss.cancel(id));

async function fill() {
  const later = 3600;
  await make("later", "scheduled", "order", {}, { startAfter: later });
  await make("waits", "pending", "order", { n: 1 });
  await make("goes first", "pending", "order", {}, { priority: 9 });
  await make("keyed", "pending", "order", {}, { singletonKey: "order-1" });
  await make("traced", "pending", "order", { traceparent: traceparent(1) }, {}, { trace_id: outer });
  await make("traced below", "pending", "order", { headers: { traceparent: traceparent(2) } }, {}, { trace_id: outer });
  await make("with a result", "completed", "done", {});
  await complete(await take("done"), { rows: 3 });
  await make("failed once", "retrying", "failing", {}, { retryLimit: 2, retryDelay: 3600 });
  await fail(await take("failing"), new Error("it went wrong"));
  await make("gave up", "failed", "given-up", {}, { retryLimit: 0 });
  await fail(await take("given-up"), { code: 7 });
  await make("cancelled", "cancelled", "unwanted", {}).then((id) => cancel("unwanted", id));
  await make("runs", "running", "long", {});
  await take("long");
}

async function prepare() {
  await make("mended", "failed", "mending", {}, { retryLimit: 0 });
  await fail(await take("mending"), new Error("once"));
  for (let n = 0; n < 3; ++n) {
    await make(`purged ${n}`, "failed", "purged", {}, { retryLimit: 0 });
    await fail(await take("purged"), new Error("for good"));
  }
  await make("hastened", "scheduled", "mending", {}, { startAfter: 3600 });
  await make("unwanted", "pending", "idle", {});
  await make("kept", "pending", "kept", { text: "é" }, { singletonKey: "k", priority: 3 });
}

async function view() {
  const pool = new Pool(database);
  const { rows } = await pool.query("SELECT row_to_json(j) AS job FROM pgboss.job j");
  for (const { job } of rows) {
    if (job.name.startsWith("__")) continue;
    const plain = { view: "job" };
    for (const [key, value] of Object.entries(job)) plain[key.replaceAll("_", "")] = value;
    tell(plain);
  }
  await pool.end();
}

/// Takes and completes until nothing is due.
async function work() {
  for (const where of queues) {
    await queue(where);
    for (let job; (job = await take(where)); await complete(job)) tell({ ran: job.id });
  }
}

/// Many jobs: one in ten is not wanted, some are not due yet, some fail until they are retried.
async function race() {
  const [where, count] = [queues[0], Number(queues[1])];
  await queue(where);
  const soon = new Date(Date.now() + 30000);
  for (let first = 0; first < count; first += 1000) {
    const jobs = [];
    for (let n = first; n < Math.min(first + 1000, count); ++n) {
      const act = n % 10 === 7 ? "unwanted" : n % 9 === 4 ? "fail once" : "return";
      jobs.push({ id: randomUUID(), name: where, data: { act }, priority: n % 3, retryLimit: 0, ...(n % 7 === 3 && { startAfter: soon }) });
    }
    await (boss.insert.length > 1 ? boss.insert(where, jobs) : boss.insert(jobs));
    for (const job of jobs) tell({ id: job.id });
  }
}

/// Takes, completes and fails until it is told to end; tells which jobs it completed.
async function serve() {
  let told = false;
  process.once("SIGTERM", () => { told = true; });
  const fetch = (where) => (named ? boss.fetch(where, { batchSize: BATCH, includeMetadata: true }) : boss.fetch(where, BATCH, { includeMetadata: true }));
  while (!told) {
    const jobs = (await fetch(queues[0])) ?? [];
    if (jobs.length === 0) await new Promise((done) => setTimeout(done, 50));
    for (const job of jobs) {
      await new Promise((done) => setTimeout(done, 5));
      if (job.data.act === "fail once" && (job.retryCount ?? job.retrycount) === 0) {
        await fail(job, new Error("not yet"));
        continue;
      }
      tell({ ran: job.id });
      await complete(job);
    }
  }
}

await boss.start();
const phases = { migrate: async () => {}, fill, prepare, view, work, race, serve };
await phases[phase]();
await new Promise((done) => process.stdout.write("", done)); // all of it
process.exit(0);
