"""PGMQ's client for Python at work: each phase prints what it did or sees, one JSON object a line."""
import json
import os
import sys

import psycopg
from pgmq import PGMQueue
from pgmq.install import get_embedded_install_sql, install_pgmq_sql
from psycopg_pool import ConnectionPool

URL = os.environ["DATABASE_URL"]
QUEUES = ("orders", "My Mail")
TRACES = [f"{number:x}" * 32 for number in range(1, 9)]


def say(**record):
    print(json.dumps(record))


def traced(number):
    return {"traceparent": f"00-{TRACES[number]}-00f067aa0ba902b7-03"}


def made(name, queue, number, state, **facts):
    say(made=name, id=f"{queue}/{number}", state=state, **facts)


def fill(queues):
    """One message of each state; reading takes what is visible, so that what stays visible is sent last."""
    number = queues.send("orders", {"type": "archived"}, traced(0))
    queues.read("orders", vt=600)
    queues.archive("orders", number)
    made("archived", "orders", number, "completed", trace_id=TRACES[0], attempts=1, kind="archived")
    number = queues.send("orders", {"type": "leased"}, traced(1))
    queues.read("orders", vt=600)
    made("leased", "orders", number, "running", trace_id=TRACES[1], attempts=1, kind="leased")
    number = queues.send("orders", {"task": "returned", "metadata": traced(2)})
    queues.read("orders", vt=600)
    queues.set_vt("orders", number, 0)
    made("returned", "orders", number, "retrying", trace_id=TRACES[2], attempts=1, kind="returned")
    number = queues.send("orders", {"type": "delayed"}, traced(3), delay=3600)
    made("delayed", "orders", number, "scheduled", trace_id=TRACES[3], attempts=0, kind="delayed")
    for queue in QUEUES:
        number = queues.send(queue, {"name": "due"})
        made(f"due in {queue}", queue, number, "pending", attempts=0, kind="due")
    number = queues.send("My Mail", {"type": "deleted"})
    queues.delete("My Mail", number)


def prepare(queues):
    for name in ("kept", "purged 0", "purged 1"):
        made(name, "orders", queues.send("orders", {"type": name.split()[0]}, traced(4)), "pending")
    made("hastened", "orders", queues.send("orders", {"type": "hastened"}, delay=3600), "scheduled")
    number = queues.send("My Mail", {"type": "mended"}, traced(5))
    queues.archive("My Mail", number)
    made("mended", "My Mail", number, "completed")


def view(queues):
    for name in QUEUES:
        metrics = queues.metrics(name)
        say(queue=name, length=metrics.queue_length, visible=metrics.queue_visible_length)
        with psycopg.connect(URL) as session:
            for prefix in "qa":
                table = session.execute("SELECT pgmq.format_table_name(%s, %s)", (name, prefix)).fetchone()[0]
                columns = "msg_id, to_jsonb(t) FROM pgmq." + '"' + table.replace('"', '""') + '"' + " t ORDER BY 1"
                for number, row in session.execute("SELECT " + columns):
                    say(id=f"{name}/{number}", table=prefix, row=row)


def work(queues):
    """Reads message by message and deletes what it got, queue by queue."""
    for name in QUEUES:
        while (message := queues.read(name, vt=60)) is not None:
            say(ran=f"{name}/{message.msg_id}")
            queues.delete(name, message.msg_id)


def create(queues):
    for name in QUEUES:
        queues.create_queue(name)


if __name__ == "__main__":
    if sys.argv[1] == "create":
        install_pgmq_sql(get_embedded_install_sql(), dsn=URL)
    # The client's own parser of URLs knows no sockets.
    with ConnectionPool(URL, min_size=1, max_size=1, open=True) as pool:
        phase = {"create": create, "fill": fill, "prepare": prepare, "view": view, "work": work}[sys.argv[1]]
        phase(PGMQueue(init_extension=False, pool=pool))
