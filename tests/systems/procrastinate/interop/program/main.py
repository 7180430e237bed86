"""One phase with the real library: the functions of `main`. Prints records in JSON lines."""
import asyncio
import inspect
import json
import os
import pathlib
import sys

import fill
import prepare
import psycopg
from application import app


def tell(record):
    print(json.dumps(record, default=str), flush=True)


async def migrate():
    await app.schema_manager.apply_schema_async()


async def upgrade(first):
    """The library's own migrations, from the file whose name begins with `first` to that of the release that runs."""
    folder = pathlib.Path(app.schema_manager.get_migrations_path())
    connection = await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True)
    async with connection:
        for file in sorted(folder.glob("*.sql")):
            if file.name >= first:
                await connection.execute(file.read_text())


async def view():
    manager = app.job_manager
    for job in await manager.list_jobs_async():
        tell({"view": "job", "id": str(job.id), "queue": job.queue, "kind": job.task_name, "payload": job.task_kwargs,
              "priority": getattr(job, "priority", 0), "lock": job.lock, "queueing_lock": job.queueing_lock,
              "status": job.status, "scheduled_at": job.scheduled_at, "attempts": job.attempts,
              "abort_requested": getattr(job, "abort_requested", False), "worker": getattr(job, "worker_id", None)})
    events = await app.connector.execute_query_all_async(
        "SELECT job_id, type::text AS type, at FROM procrastinate_events ORDER BY id")
    for event in events:
        tell({"view": "event", **event})
    for queue in await manager.list_queues_async():
        tell({"view": "queue", **queue})
    for lock in await manager.list_locks_async():
        tell({"view": "lock", **lock})


async def drain(*queues):
    """Fetches without finishing, as many workers at once would, until the library finds no further job."""
    manager = app.job_manager
    worker = []
    if "worker_id" in inspect.signature(manager.fetch_job).parameters:
        worker = [await manager.register_worker()]
    order = []
    while job := await manager.fetch_job(list(queues) or None, *worker):
        order.append(str(job.id))
    tell({"drained": order})


async def prune():
    """Forgets the workers that have stopped without a word, however lately; in releases that know them."""
    manager = app.job_manager
    able = hasattr(manager, "prune_stalled_workers")
    tell({"operation": "prune workers", "done": able})
    if able:
        await manager.prune_stalled_workers(seconds_since_heartbeat=0)


async def until(job_id, status):
    """Waits for what a worker does in another process."""
    filler = fill.Fill(tell)
    await filler.until(lambda: filler.has(status, id=int(job_id)))


async def main(phase, *arguments):
    async with app.open_async():
        phases = {"migrate": migrate, "upgrade": upgrade, "view": view, "drain": drain,
                  "fill": fill.Fill(tell).everything, "prepare": prepare.Prepare(tell).everything,
                  "work": fill.Fill(tell).work, "prune": prune, "until": until}
        await phases[phase](*arguments)


asyncio.run(main(*sys.argv[1:]))
