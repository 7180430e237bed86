"use strict";
// What BullMQ and Bull call differently. Every release sees the queues of REDIS_URL, a server or a cluster, under PREFIX where there is one,
// or those of the database in PGDATABASE.
const inPostgres = !process.env.REDIS_URL;
const HOUR = 3600 * 1000;
const isBull = process.env.LIBRARY === "bull";
const library = require(isBull ? "bull" : "bullmq");
const prefix = process.env.PREFIX || "bull";
const connection = inPostgres ? postgresConnection() : redisConnection(new URL(process.env.REDIS_URL));
const settings = { connection, ...(inPostgres ? {} : { prefix }) };

function redisConnection(url) {
  const server = { host: url.hostname, port: Number(url.port) };
  if (url.protocol === "redis+cluster:") {
    const { Cluster } = require("ioredis");
    return new Cluster([server], { redisOptions: { maxRetriesPerRequest: null } });
  }
  return { ...server, db: Number(url.pathname.slice(1)), maxRetriesPerRequest: null };
}

function postgresConnection() {
  library.setDefaultBackendFactory(library.createPostgresBackend);
  const { PGHOST: host, PGUSER: user, PGDATABASE: database } = process.env;
  return { host, user, database, migrate: true };
}

const opened = [];

/// The library's telemetry where it has one; a context manager and W3C headers are set up for it.
function telemetry() {
  if (process.env.TELEMETRY !== "yes") return {};
  const { BullMQOtel } = require("bullmq-otel");
  return { telemetry: new BullMQOtel("interop") };
}

function tracer() {
  const { trace } = require("@opentelemetry/api");
  const { NodeTracerProvider } = require("@opentelemetry/sdk-trace-node");
  if (!tracer.provider) {
    tracer.provider = new NodeTracerProvider();
    tracer.provider.register();
  }
  return trace.getTracer("interop");
}

const queues = {};
function queue(name) {
  if (!queues[name]) {
    queues[name] = isBull
      ? new library(name, { redis: connection, settings: { lockDuration: HOUR } })
      : new library.Queue(name, { ...settings, ...telemetry() });
    opened.push(queues[name]);
  }
  return queues[name];
}

function flows() {
  const producer = new library.FlowProducer({ ...settings, ...telemetry() });
  opened.push(producer);
  return producer;
}

/// Takes a job as a worker does that never comes back to it; undefined: there is none.
async function take(name) {
  if (isBull) return (await queue(name).getNextJob()) || undefined;
  const worker = new library.Worker(name, undefined, { ...settings, autorun: false, lockDuration: HOUR });
  opened.push(worker);
  return (await worker.getNextJob("interop", { block: false })) || undefined;
}

/// A plain connection: to the queues' database, or to the one beside it, of RECORDS. A cluster has one database.
function redis(db = connection.db) {
  if (connection.nodes) return connection;
  redis.clients ??= {};
  if (!redis.clients[db]) {
    const client = redis.clients[db] = new (require("ioredis"))({ ...connection, db });
    opened.push({ close: () => client.disconnect() });
  }
  return redis.clients[db];
}
const records = () => redis(Number(process.env.RECORDS));

async function loseLock(name, id) {
  if (!inPostgres) return redis().del(`${prefix}:${name}:${id}:lock`);
  const client = new (require("pg").Client)(connection);
  await client.connect();
  await client.query("UPDATE bullmq.job SET locked_until_ms = 1 WHERE queue = $1 AND id = $2", [name, id]);
  await client.end();
}

/// The library's own worker, with so many jobs at a time.
function worker(name, run, concurrency = 1) {
  let made;
  if (isBull) {
    made = new library(name, { redis: connection, settings: { lockDuration: HOUR } });
    made.process("*", concurrency, run);
  } else {
    made = new library.Worker(name, run, { ...settings, concurrency, lockDuration: HOUR, ...telemetry() });
  }
  made.on("error", () => {});
  return made;
}

/// Runs the queues' jobs until nothing waits that a worker would take.
async function work(names, run) {
  const workers = names.map((name) => worker(name, run));
  while (await unfinished(names)) await new Promise((done) => setTimeout(done, 50));
  for (const one of workers) await one.close();
}

async function unfinished(names) {
  for (const name of names) {
    const counts = await queue(name).getJobCounts();
    if ((counts.waiting || 0) + (counts.prioritized || 0) + (counts.active || 0) > 0) return true;
  }
  return false;
}

async function close() {
  await Promise.all(opened.map((one) => one.close()));
  process.stdout.write("", () => process.exit(0)); // once all of it is written
}

module.exports = { HOUR, inPostgres, isBull, tracer, queue, flows, take, redis, records, loseLock, worker, work, close };
