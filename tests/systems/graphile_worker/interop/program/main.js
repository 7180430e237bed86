// One phase with the real library: migrate, fill, prepare, view, work, hold. Prints records in JSON lines. The folder of
// the library is the first argument; the connection is in PGHOST, PGUSER, PGDATABASE.
const [folder, phase, ...queues] = process.argv.slice(2);
const load = (name) => require(require.resolve(name, { paths: [folder] }));
const { makeWorkerUtils, run, runOnce, Logger } = load("graphile-worker");
const { Pool } = load("pg");

const pgPool = new Pool();
pgPool.on("error", () => {});
const quiet = new Logger(() => () => {});
const tell = (record) => console.log(JSON.stringify(record));
const outer = "0af7651916cd43dd8448eb211c80319c";
const traceparent = (n) => `00-${outer}-${(0xb7ad6b71692033n * 256n + BigInt(n)).toString(16).padStart(16, "0")}-01`;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let begun = () => {};
const tasks = {
  nothing: async (_, { job }) => tell({ ran: String(job.id) }),
  fail: async (_, { job }) => {
    tell({ ran: String(job.id) });
    throw new Error('it went wrong: "quoted"');
  },
  "fail once": async (_, { job }) => {
    tell({ ran: String(job.id) });
    if (job.attempts === 1 && job.last_error === null) throw new Error("the first try went wrong");
  },
  hang: async (_, { job }) => {
    begun(job);
    await new Promise(() => {});
  },
};

async function make(utils, name, state, task, payload, spec, facts = {}) {
  const job = await utils.addJob(task, payload, spec);
  tell({ made: name, id: String(job.id), state, ...facts });
  return job;
}

const work = () => runOnce({ pgPool, taskList: { nothing: tasks.nothing, fail: tasks.fail, "fail once": tasks["fail once"] },
                             logger: quiet, noHandleSignals: true, concurrency: 1 });

/// A worker of the library that is killed in the middle of a job.
async function hold() {
  const taken = new Promise((resolve) => (begun = resolve));
  await run({ pgPool, taskList: { hang: tasks.hang }, logger: quiet, noHandleSignals: true, concurrency: 1, pollInterval: 50 });
  return taken;
}

async function fill(utils) {
  const later = new Date(Date.now() + 3600e3);
  await make(utils, "failed once", "retrying", "fail", {}, { maxAttempts: 3 });
  await make(utils, "gave up", "failed", "fail", {}, { maxAttempts: 1 });
  await work();
  await make(utils, "waits", "pending", "nothing", {}, {});
  await make(utils, "goes first", "pending", "nothing", { "\u0000": 1 }, { priority: -5 });
  await make(utils, "goes last", "pending", "nothing", [1, 2], { priority: 7 });
  await make(utils, "due for long", "pending", "nothing", {}, { runAt: new Date(Date.now() - 3600e3) });
  await make(utils, "traced", "pending", "nothing", { traceparent: traceparent(1) }, {}, { trace_id: outer });
  await make(utils, "traced below", "pending", "nothing", { meta: { traceparent: traceparent(2) } }, {}, { trace_id: outer });
  await make(utils, "later", "scheduled", "nothing", {}, { runAt: later });
  await make(utils, "keyed", "scheduled", "nothing", {}, { jobKey: "order-1", runAt: later });
  await make(utils, "in a named queue", "pending", "nothing", {}, { queueName: "mail ☕" });
  await make(utils, "left locked", "running", "hang", {}, { queueName: "serial" });
  await make(utils, "behind it", "blocked", "nothing", {}, { queueName: "serial" });
  await hold();
  process.exit(0); // as if killed: its locks stay as they are
}

async function prepare(utils) {
  const later = new Date(Date.now() + 3600e3);
  await make(utils, "mended", "failed", "fail once", {}, { maxAttempts: 1 });
  for (let n = 0; n < 3; ++n) await make(utils, `purged ${n}`, "failed", "fail", {}, { maxAttempts: 1 });
  await work();
  await make(utils, "hastened", "scheduled", "nothing", {}, { runAt: later });
  await make(utils, "kept: due", "pending", "nothing", { text: "é" }, { queueName: "kept" });
  await make(utils, "kept: later", "scheduled", "nothing", {}, { jobKey: "kept", runAt: later, flags: ["a", "b"] });
}

async function view() {
  const { rows } = await pgPool.query("SELECT row_to_json(j) AS job FROM graphile_worker.jobs j ORDER BY id");
  for (const { job } of rows) tell({ view: "job", ...job, id: String(job.id) });
}

async function main() {
  const utils = await makeWorkerUtils({ pgPool, logger: quiet });
  if (phase === "migrate") await utils.migrate();
  else if (phase === "fill") await fill(utils);
  else if (phase === "prepare") await prepare(utils);
  else if (phase === "view") await view();
  else if (phase === "work") await work();
  else throw new Error(`no phase ${phase}`);
  await pause(50);
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
