"""Fills a database with Django's tasks, tells Django's own view of them, and runs its own worker. Prints records, one JSON object a line.

usage: main.py migrate | fill | view | work QUEUE
"""
import importlib.util
import json
import os
import re
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone

import django
from django.conf import settings

URL = os.environ["DATABASE_URL"]
APPLICATION = "django_tasks_db" if importlib.util.find_spec("django_tasks_db") else "django_tasks.backends.database"
OUTER = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{OUTER}-b7ad6b7169203331-01"
QUEUES = ["default", "order", "runs", "later", "traces", "hands"]


def database():
    if URL.startswith("sqlite:"):
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": URL.removeprefix("sqlite:")}
    name, host, user = re.fullmatch(r"postgresql:///(.*)\?host=(.*)&user=(.*)", URL).groups()
    return {"ENGINE": "django.db.backends.postgresql", "NAME": name, "HOST": host, "USER": user}


settings.configure(DATABASES={"default": database()}, INSTALLED_APPS=["django_tasks", APPLICATION], USE_TZ=True,
                   TASKS={"default": {"BACKEND": f"{APPLICATION}.{'' if '.' in APPLICATION else 'backend.'}DatabaseBackend", "QUEUES": QUEUES}})
django.setup()

from django.core.management import call_command  # noqa: E402
from tasks import perform  # noqa: E402

MODEL = importlib.import_module(f"{APPLICATION}.models").DBTaskResult


def tell(**record):
    print(json.dumps(record, default=lambda value: value.isoformat()), flush=True)


def stored_id(result):
    """A UUID is a column of 32 digits in SQLite."""
    text = str(result.id)
    return text.replace("-", "") if URL.startswith("sqlite:") else text


def make(name, queue, act="return", trace=None, context=None, **options):
    result = perform.using(queue_name=queue, **options).enqueue(name, act, **(context or {}))
    tell(made=name, id=stored_id(result), trace_id=trace)
    return result


def work(queue):
    call_command("db_worker", queue_name=queue, interval=0, batch=True, startup_delay=False, verbosity=0)


def fill():
    now = datetime.now(timezone.utc)
    make("succeeds", "runs", context={"traceparent": TRACEPARENT}, trace=OUTER)
    make("fails", "runs", "fail")
    subprocess.run([sys.executable, __file__, "work", "runs"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    held = make("in hand", "hands", "hold")
    worker = subprocess.Popen([sys.executable, __file__, "work", "hands"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while MODEL.objects.get(id=held.id).status != "RUNNING":
        time.sleep(0.05)
    worker.kill()  # nobody takes it again
    worker.wait()
    for number in range(3):
        make(f"waits, {number}", "order")
    make("goes first", "order", priority=20)
    make("goes last", "order", priority=-20)
    make("was to run before", "order", run_after=now - timedelta(minutes=1))
    make("later", "later", run_after=now + timedelta(hours=1))
    make("traced", "traces", context={"traceparent": TRACEPARENT}, trace=OUTER)
    make("traced in headers", "traces", context={"headers": {"traceparent": TRACEPARENT}}, trace=OUTER)


def view():
    for one in MODEL.objects.all():
        tell(view="job", id=stored_id(one), queue=one.queue_name, kind=one.task_path, status=one.status, priority=one.priority,
             enqueued_at=one.enqueued_at, run_after=one.run_after, started_at=one.started_at, finished_at=one.finished_at,
             payload=one.args_kwargs, result=one.return_value, traceback=one.traceback, workers=getattr(one, "worker_ids", []))


if __name__ == "__main__":
    phase, *arguments = sys.argv[1:]
    {"migrate": lambda: call_command("migrate", verbosity=0), "fill": fill, "view": view, "work": work}[phase](*arguments)
