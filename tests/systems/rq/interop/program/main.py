"""Fills a database with RQ's own calls, tells RQ's own view of it, and runs RQ's own workers. Prints records, one JSON object a line.

usage: main.py fill | view | hands | free | prepare | work QUEUE...
"""
import json
import os
import sys
from datetime import datetime, timedelta, timezone
from importlib.util import find_spec

import tasks
from redis import Redis
from rq import Queue, Retry, SimpleWorker
from rq.job import Job
from rq.registry import (CanceledJobRegistry, DeferredJobRegistry, FailedJobRegistry, FinishedJobRegistry,
                         ScheduledJobRegistry, StartedJobRegistry)
from rq.serializers import DefaultSerializer, JSONSerializer

CONNECTION = Redis.from_url(os.environ["REDIS_URL"])
REGISTRIES = {"finished": FinishedJobRegistry, "failed": FailedJobRegistry, "scheduled": ScheduledJobRegistry,
              "deferred": DeferredJobRegistry, "canceled": CanceledJobRegistry, "started": StartedJobRegistry}
JSON_QUEUES = ("plain",)
FAR = datetime(2100, 1, 1, tzinfo=timezone.utc)


def serializer_of(queue):
    return JSONSerializer if queue in JSON_QUEUES else DefaultSerializer


def queue_of(name):
    return Queue(name, connection=CONNECTION, serializer=serializer_of(name))


def tell(**record):
    print(json.dumps(record, default=str), flush=True)


def trace_headers(number):
    trace = f"4bf92f3577b34da6a3ce929d0e5c{number:04x}"
    return trace, {"traceparent": f"00-{trace}-00f067aa0ba902b7-03"}


def work(*names):
    for name in names:
        worker = SimpleWorker([queue_of(name)], connection=CONNECTION, serializer=serializer_of(name))
        worker.work(burst=True, logging_level="CRITICAL")


def make(name, job, **more):
    tell(made=name, id=job.id, **more)
    return job


def fill():
    runs = queue_of("runs")
    trace, meta = trace_headers(1)
    make("succeeds", runs.enqueue(tasks.add, 1, b=2, result_ttl=3600, meta=meta), trace_id=trace)
    make("fails", runs.enqueue(tasks.fail, "no such\naddress"))
    make("fails three times", runs.enqueue(tasks.fail, "never", retry=Retry(max=2)))
    trace, meta = trace_headers(2)
    make("will be tried again", runs.enqueue(tasks.fail, "not yet", retry=Retry(max=2, interval=3600), meta={"otel": meta}),
         trace_id=trace)
    blocker = make("fails with dependents", runs.enqueue(tasks.fail, "x"))
    make("waits for ever", runs.enqueue(tasks.add, 9, depends_on=blocker))
    work("runs")
    plain = queue_of("plain")
    trace, meta = trace_headers(3)
    make("JSON, succeeds", plain.enqueue(tasks.add, 3, result_ttl=3600, meta=meta), trace_id=trace)
    make("JSON, fails", plain.enqueue(tasks.fail, "plain"))
    work("plain")
    make("JSON, waits", plain.enqueue(tasks.add, 4, b=5))
    order = queue_of("order")
    for number in range(4):
        make(f"waits, {number}", order.enqueue(tasks.add, number))
    trace, headers = trace_headers(4)
    make("waits at the front", order.enqueue(tasks.add, args=(1,), kwargs={"b": 2}, at_front=True))
    make("headers in its arguments", order.enqueue(tasks.add, args=(headers,)), trace_id=trace)
    later = queue_of("later with blanks: ü")
    first = make("is scheduled", later.enqueue_at(FAR, tasks.add, 1))
    make("waits for the scheduled one", later.enqueue(tasks.add, 2, depends_on=[first, blocker]))
    if find_spec("opentelemetry_instrumentation_rq"):  # it does not know release 3
        fill_instrumented(runs, order, later)
    cancelled = make("is cancelled", later.enqueue(tasks.add, 3, description="no call at all"))
    cancelled.cancel()


def fill_instrumented(runs, order, later):
    from traces import request
    with request() as trace:
        make("is scheduled, instrumented", later.enqueue_at(FAR, tasks.add, 1), trace_id=trace)
        make("waits, instrumented", order.enqueue(tasks.add, 5), trace_id=trace)
        make("will be tried again, instrumented", runs.enqueue(tasks.fail, "not yet", retry=Retry(max=2, interval=3600)), trace_id=trace)
        work("runs")


def result_of(job):
    latest = job.latest_result()
    if latest is None:
        return None, None
    return latest.return_value, latest.exc_string


def tell_job(job_id, place, queue, score):
    job = Job.fetch(job_id, connection=CONNECTION, serializer=serializer_of(queue))
    value, error = result_of(job)
    tell(view="job", id=job.id, place=place, queue=job.origin, status=job.get_status(), kind=job.func_name, description=job.description,
         args=job.args, kwargs=job.kwargs, created_at=job.created_at, enqueued_at=job.enqueued_at, started_at=job.started_at,
         ended_at=job.ended_at, worker=job.worker_name, parents=job._dependency_ids, meta=job.meta, result=value, error=error, score=score)


def view():
    for queue in Queue.all(connection=CONNECTION):
        for job_id in queue.job_ids:
            tell_job(job_id, "queued", queue.name, None)
        for place, registry in REGISTRIES.items():
            of_queue = registry(queue.name, connection=CONNECTION)
            for job_id in of_queue.get_job_ids():
                score = CONNECTION.zscore(of_queue.key, job_id) if place == "scheduled" else None
                tell_job(job_id, place, queue.name, score)


def hands():
    tasks.records().delete("free")  # of the release before
    for number in range(2):
        make(f"in hand, {number}", queue_of("hands").enqueue(tasks.hold, job_timeout=3600))


def prepare():
    mend = queue_of("mend")
    make("mended", mend.enqueue(tasks.fail_at_first, "once"))
    make("mended by pattern", mend.enqueue(tasks.fail_at_first, "once", meta={"traceparent": trace_headers(7)[1]["traceparent"]}))
    make("given up", mend.enqueue(tasks.fail, "for good"))
    work("mend")
    make("hastened", queue_of("hurry").enqueue_at(FAR, tasks.add, 1))
    drop = queue_of("drop")
    make("unwanted", drop.enqueue(tasks.add, 1))
    make("unwanted later", drop.enqueue_at(FAR, tasks.add, 1))
    make("wanted", drop.enqueue(tasks.add, 2))
    stop = queue_of("stop")
    first = make("cancelled", stop.enqueue(tasks.add, 1))
    make("depends on the cancelled one", stop.enqueue(tasks.add, 2, depends_on=first))
    make("cancelled later", stop.enqueue_at(FAR, tasks.add, 3))
    make("moved", queue_of("from").enqueue(tasks.add, 1))
    make("moved, later", queue_of("from").enqueue_at(FAR, tasks.add, 1))
    keep = queue_of("keep")
    parent = make("kept", keep.enqueue(tasks.add, 1))
    make("held back", queue_of("held").enqueue(tasks.add, 1))
    make("depends on the kept one", keep.enqueue(tasks.add, 2, depends_on=parent))
    make("kept, alone", keep.enqueue(tasks.add, 3, meta={"note": "ü"}))


def run(*names):
    tasks.records().delete("ran")
    work(*names)
    for job_id in tasks.records().lrange("ran", 0, -1):
        tell(ran=job_id.decode())


if __name__ == "__main__":
    phase, *arguments = sys.argv[1:]
    {"fill": fill, "view": view, "hands": hands, "free": lambda: tasks.records().set("free", 1), "prepare": prepare,
     "work": run}[phase](*arguments)
