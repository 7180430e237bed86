"""Fills a database with Celery's own calls and tells Celery's own view of it. Prints records, one JSON object a line.

usage: main.py fill | view | hands | free | prepare | ran | race NUMBER | waiting
"""
import json
import os
import sys
from datetime import datetime, timedelta, timezone

from application import app, add, fail, hold, records, retry, unwanted, wanted
from celery import chain, chord
from celery.result import AsyncResult
from kombu import Connection
from redis import Redis
from traces import request

CONNECTION = Redis.from_url(os.environ["REDIS_URL"])
FAR = datetime(2100, 1, 1, tzinfo=timezone.utc)


def tell(**record):
    print(json.dumps(record, default=str), flush=True)


def trace_headers(number):
    trace = f"4bf92f3577b34da6a3ce929d0e5c{number:04x}"
    return trace, {"traceparent": f"00-{trace}-00f067aa0ba902b7-03"}


def send(name, task, args, queue, trace=None, **options):
    sent = task.apply_async(args, queue=queue, **options)
    tell(made=name, id=sent.id, queue=queue, kind=task.name, args=list(args), trace_id=trace)
    return sent


def fill():
    """What `runs` holds is for a worker; the rest waits."""
    trace, headers = trace_headers(1)
    send("succeeds", add, (1, 2), "runs", trace, headers=headers)
    send("fails", fail, ("no such\naddress",), "runs")
    with request() as trace:
        send("will be tried again", retry, ("not yet",), "runs", trace)
        send("waits, instrumented", add, (1, 1), "order", trace)
        send("has an eta, instrumented", add, (5,), "steps", trace, eta=FAR)
    trace, headers = trace_headers(2)
    send("waits", add, (1,), "order", trace, headers=headers)
    for number, priority in enumerate((9, 0, 4, 3, 6, 0)):
        send(f"waits, {number}", add, (number,), "order", priority=priority)
    trace, headers = trace_headers(3)
    send("headers in its arguments", add, (headers,), "order", trace, compression="zlib")
    send("has an eta", add, (5,), "steps", eta=FAR)
    send("expires", add, (6,), "steps", expires=3600)
    send("free id", add, (7,), "steps", task_id="order:4711/ü 1")
    first = chain(add.si(1).set(queue="steps"), add.si(2).set(queue="steps"), add.si(3).set(queue="steps"))()
    tell(made="begins a chain", id=first.parent.parent.id, queue="steps", kind="tasks.add", args=[1], chain="tasks.add, tasks.add")
    topic = add.apply_async((8,), queue="media video", routing_key="media.video.hd")
    tell(made="of a named exchange", id=topic.id, queue="media video", kind="tasks.add", args=[8])


def facts(message, place, queue):
    body = message.decode()
    headers = message.headers
    tell(view="job", id=headers["id"], place=place, queue=queue, kind=headers["task"], args=body[0], kwargs=body[1], eta=headers["eta"],
         retries=headers["retries"], priority=message.properties.get("priority"), parent=headers["parent_id"], root=headers["root_id"])


def view():
    """Messages as kombu decodes them, and results as AsyncResult tells them."""
    with Connection(os.environ["REDIS_URL"]) as connection:
        channel = connection.channel()
        for queue in app.conf.task_queues:
            for step in channel.priority_steps:
                for raw in CONNECTION.lrange(channel._q_for_pri(queue.name, step), 0, -1):
                    facts(channel.Message(json.loads(raw), channel=channel), "ready", queue.name)
        for raw in CONNECTION.hvals("unacked"):
            message, exchange, key = json.loads(raw)
            facts(channel.Message(message, channel=channel), "unacked", key)
    for key in CONNECTION.scan_iter("celery-task-meta-*"):
        result = AsyncResult(key.decode().removeprefix("celery-task-meta-"), app=app)
        told = result._get_task_meta()
        tell(view="result", id=result.id, status=result.status, kind=result.name, args=result.args, kwargs=result.kwargs, worker=result.worker,
             retries=result.retries, queue=result.queue, done=result.date_done and result.date_done.replace(tzinfo=timezone.utc).isoformat(),
             result=result.result if result.status == "SUCCESS" else None, parent=told.get("parent_id"),
             error=None if result.status not in ("FAILURE", "RETRY") else f"{type(result.result).__name__}: {result.result}")


def hands():
    records().delete("free")  # of the release before
    for number in range(2):
        send(f"in hand, {number}", hold, (), "hands")


def prepare():
    send("hastened", add, (1,), "hurry", eta=FAR, priority=6)
    send("unwanted", add, (1,), "drop")
    send("cancelled", add, (2,), "drop", priority=3)
    send("wanted", add, (3,), "drop")
    send("moved", add, (4,), "from", priority=9)
    send("kept", add, (5,), "keep")
    send("failed", fail, ("x",), "mend")


def ran():
    """Which tasks ran since this was asked last, in their order."""
    for task in records().lrange("ran", 0, -1):
        tell(ran=task.decode())
    records().delete("ran")


def race():
    """So many tasks for workers: one in ten has an eta in a few seconds, one in ten is not wanted."""
    soon = datetime.now(timezone.utc) + timedelta(seconds=20)
    with app.pool.acquire(block=True) as connection, app.amqp.Producer(connection) as producer:
        for number in range(int(sys.argv[2])):
            task = unwanted if number % 10 == 7 else wanted
            sent = task.apply_async(queue="from", priority=number % 10, eta=soon if number % 10 == 3 else None, producer=producer)
            tell(id=sent.id)


def waiting():
    """How many messages wait or are held."""
    with Connection(os.environ["REDIS_URL"]) as connection:
        channel = connection.channel()
        lists = [channel._q_for_pri(queue, step) for queue in ("from", "to") for step in channel.priority_steps]
    tell(waiting=sum(CONNECTION.llen(name) for name in lists) + CONNECTION.hlen("unacked"))


if __name__ == "__main__":
    {"race": race, "waiting": waiting, "fill": fill, "view": view, "hands": hands, "free": lambda: records().set("free", 1), "prepare": prepare, "ran": ran}[sys.argv[1]]()
