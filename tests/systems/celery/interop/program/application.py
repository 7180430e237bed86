"""The application whose tasks are sent and run: broker and results in one database, results with all that they can hold."""
import functools
import os
import time

from celery import Celery
from kombu import Exchange, Queue
from redis import Redis
from traces import instrument

if os.environ.get("TRACED"):
    instrument()

RECORDS = int(os.environ["RECORDS"])
URL = os.environ["REDIS_URL"]

app = Celery("application", broker=URL, backend=URL)
app.conf.update(result_extended=True, task_acks_late=True, worker_prefetch_multiplier=1, task_track_started=True, broker_connection_retry_on_startup=True,
                worker_hijack_root_logger=False, task_create_missing_queues=True,
                task_queues=[Queue(name) for name in ("celery", "runs", "order", "hands", "mend", "hurry", "drop", "from", "to", "keep", "steps")] +
                [Queue("media video", Exchange("media", type="topic"), routing_key="media.video.#")])


@functools.cache
def records():
    """A database beside the broker's; threads may share the connections."""
    return Redis.from_url(URL.rsplit("/", 1)[0] + f"/{RECORDS}")


@app.task(name="tasks.add", bind=True)
def add(self, a, b=0):
    records().rpush("ran", self.request.id)
    return {"sum": a + b}


@app.task(name="tasks.wanted", bind=True, ignore_result=True)
def wanted(self):
    records().rpush("ran", self.request.id)


@app.task(name="tasks.unwanted", bind=True, ignore_result=True)
def unwanted(self):
    records().rpush("ran", self.request.id)


@app.task(name="tasks.fail", bind=True)
def fail(self, text):
    raise ValueError(text)


@app.task(name="tasks.retry", bind=True, max_retries=3)
def retry(self, text):
    raise self.retry(countdown=3600, exc=ValueError(text))


@app.task(name="tasks.hold", bind=True)
def hold(self):
    """Until it is let go."""
    while not records().exists("free"):
        time.sleep(0.05)
