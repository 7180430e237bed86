"""Makes jobs of every kind with the library and has its workers run them; tells what each job must have become."""
import asyncio
import datetime
import os
import subprocess
import sys

from application import app, injected, propagator, tracer
from opentelemetry import baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from procrastinate import exceptions, jobs

HOUR = datetime.timedelta(hours=1)
VENDOR = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "vendor=t61rcWkgMzE"}


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def hexadecimal(span):
    context = span.get_span_context()
    return {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}


class Fill:
    def __init__(self, tell):
        self.tell = tell
        self.manager = app.job_manager
        self.can_prioritise = hasattr(jobs.Job, "__attrs_attrs__") and any(
            field.name == "priority" for field in jobs.Job.__attrs_attrs__)
        self.can_cancel = hasattr(self.manager, "cancel_job_by_id_async")
        self.keeps_worker = any(field.name == "worker_id" for field in jobs.Job.__attrs_attrs__)

    async def made(self, name, state, task, arguments=None, *, trace=None, note=None, **options):
        """Defers a job that will be in `state` when everything is made; returns its id."""
        deferrer = app.configure_task(task, allow_unknown=True, **options)
        job_id = await deferrer.defer_async(**(arguments or {}))
        self.tell({"made": name, "id": str(job_id), "state": state, "note": note, **(trace or {})})
        return job_id

    async def everything(self):
        await self.traces()
        await self.runs()
        await self.periodic()
        await self.ends()
        await self.running()
        await self.locks()
        await self.schedules()
        await self.order()

    async def traces(self):
        async def one(name, trace, arguments):
            await self.made(name, "pending", "succeed", arguments, trace=trace, queue="traces")

        with tracer.start_as_current_span("request") as outer:
            outside = hexadecimal(outer)
            await one("trace: outer span", outside, {"trace_context": injected(), "number": 1})
            with tracer.start_as_current_span("step") as inner:
                await one("trace: inner span", hexadecimal(inner), {"trace_context": injected()})
                await one("trace: flat", hexadecimal(inner), injected())
        with tracer.start_as_current_span("other") as span:
            await one("trace: under meta", hexadecimal(span), {"meta": injected(), "text": "naïve \u202e \x1b[31m"})
        with TracerProvider(sampler=ALWAYS_OFF).get_tracer("off").start_as_current_span("unsampled") as span:
            await one("trace: not sampled", hexadecimal(span), {"trace_context": injected()})
        remote = propagator.extract(VENDOR)
        _, trace_id, span_id, _ = VENDOR["traceparent"].split("-")
        await one("trace: vendor's state", {"trace_id": trace_id, "span_id": span_id},
                  {"trace_context": injected(remote)})
        with tracer.start_as_current_span("baggage") as span:
            carrier = injected()
            W3CBaggagePropagator().inject(carrier, context=baggage.set_baggage("tenant", "acme"))
            await one("trace: with baggage", hexadecimal(span), {"trace_context": carrier})
        await one("trace: no span", None, {"trace_context": injected()})
        await one("trace: null", None, {"trace_context": None})
        await one("trace: no arguments", None, {})
        await one("trace: business arguments", None, {"order": {"id": 7, "total": 12.5}, "tags": ["a", "b"]})

    async def work(self, *queues):
        """The library's worker in this process, until nothing is left to do in `queues`."""
        await app.run_worker_async(queues=list(queues), wait=False, listen_notify=False, install_signal_handlers=False)

    def command(self, *arguments, **variables):
        return subprocess.Popen([sys.executable, "-m", "procrastinate", "--app=application.app", "worker", *arguments],
                                env={**os.environ, **variables}, stdout=subprocess.DEVNULL)

    async def until(self, holds):
        for _ in range(600):
            if await holds():
                return
            await asyncio.sleep(0.05)
        raise RuntimeError("a worker did not do its job within 30 seconds")

    async def has(self, status, **filters):
        return any(job.status == status for job in await self.manager.list_jobs_async(**filters))

    async def runs(self):
        for number in range(3):
            await self.made(f"completed {number}", "completed", "succeed", {"n": number}, queue="runs")
        await self.made("failed", "failed", "fail", queue="runs")
        await self.made("failed three times", "failed", "fail_thrice", queue="runs")
        await self.made("waits for its retry", "retrying", "fail_and_wait", queue="runs")
        await self.made("unknown task", "failed", "no_such_task", queue="runs")
        with tracer.start_as_current_span("parent") as span:
            parent = hexadecimal(span)
            await self.made("parent", "completed", "defer_another", {"trace_context": injected()}, trace=parent,
                            queue="runs")
        await self.work("runs", "children")
        [child] = await self.manager.list_jobs_async(queue="children")
        span_id = child.task_kwargs["trace_context"]["traceparent"].split("-")[2]
        self.tell({"made": "child", "id": str(child.id), "state": "completed", "note": None,
                   "trace_id": parent["trace_id"], "span_id": span_id})
        await self.made("completed by the command", "completed", "succeed", {"by": "command"}, queue="command")
        if self.command("--one-shot", "--queues=command").wait(timeout=60) != 0:
            raise RuntimeError("worker --one-shot failed")

    async def periodic(self):
        worker = self.command("--queues=periodic", INTEROP_PERIODIC="1")
        await self.until(lambda: self.has("succeeded", queue="periodic"))
        worker.terminate()
        worker.wait(timeout=60)
        for job in await self.manager.list_jobs_async(queue="periodic"):
            state = {"succeeded": "completed", "todo": "pending"}[job.status]
            self.tell({"made": "periodic", "id": str(job.id), "state": state, "note": None})

    async def ends(self):
        """What is ended by hand."""
        self.tell({"operation": "cancel", "done": self.can_cancel})
        cancelled = await self.made("cancelled", "cancelled", "succeed", queue="ends",
                                    note=None if self.can_cancel else "cancelled-as-finished")
        if self.can_cancel:
            await self.manager.cancel_job_by_id_async(cancelled)
            gone = await app.configure_task("succeed", queue="ends").defer_async()
            await self.manager.cancel_job_by_id_async(gone, delete_job=True)
        else:
            await self.manager.finish_job_by_id_async(job_id=cancelled, status=jobs.Status.FAILED, delete_job=False)
            gone = await app.configure_task("succeed", queue="ends").defer_async()
            await self.manager.finish_job_by_id_async(job_id=gone, status=jobs.Status.FAILED, delete_job=True)
        self.tell({"gone": str(gone)})
        self.tell({"operation": "abort", "done": self.can_cancel})
        if self.can_cancel:
            aborted = await self.made("aborted", "cancelled", "until_aborted", queue="aborts", note="aborted")
            worker = self.command("--queues=aborts")
            await self.until(lambda: self.has("doing", id=aborted))
            await self.manager.cancel_job_by_id_async(aborted, abort=True)
            await self.until(lambda: self.has("aborted", id=aborted))
            worker.terminate()
            worker.wait(timeout=60)
        [failed] = [job for job in await self.manager.list_jobs_async(queue="runs") if job.task_name == "no_such_task"]
        try:
            await self.manager.retry_job_by_id_async(job_id=failed.id, retry_at=now(), **self.kept(failed))
            self.tell({"operation": "retry failed", "done": True})
            self.tell({"became": "retrying", "id": str(failed.id)})
        except exceptions.ConnectorException:
            self.tell({"operation": "retry failed", "done": False})

    def kept(self, job):
        """The other arguments of a retry by id, where the release has them: nothing changes."""
        if not self.can_cancel:
            return {}
        return {"priority": job.priority, "queue": job.queue, "lock": job.lock}

    async def killed(self, name, note=None, *, task="never_ending", queue="held", **options):
        """A job that stays taken because its worker was killed."""
        job_id = await self.made(name, "running", task, note=note, queue=queue, **options)
        worker = self.command(f"--queues={queue}")
        await self.until(lambda: self.has("doing", id=job_id))
        worker.kill()
        worker.wait(timeout=60)
        return job_id

    async def running(self):
        await self.killed("running", lock="held lock")
        if self.can_cancel:
            job_id = await self.killed("asked to abort", "abort-requested")
            await self.manager.cancel_job_by_id_async(job_id, abort=True)
        retried = await self.killed("retried while running")
        [job] = await self.manager.list_jobs_async(id=retried)
        await self.manager.retry_job_by_id_async(job_id=retried, retry_at=now(), **self.kept(job))
        self.tell({"became": "retrying", "id": str(retried)})

    async def locks(self):
        await self.made("behind a running job", "pending", "succeed", queue="locks", lock="held lock", note="lock-held")
        await self.made("first of a lock", "pending", "succeed", queue="locks", lock="shared")
        await self.made("second of a lock", "pending", "succeed", queue="other locks", lock="shared", note="lock-held")
        await self.made("future of a lock", "scheduled", "succeed", queue="locks", lock="future",
                        schedule_at=now() + HOUR)
        await self.made("behind a future job", "pending", "succeed", queue="locks", lock="future", note="lock-held")
        await self.made("with a queueing lock", "pending", "succeed", queue="locks", queueing_lock="once")
        try:
            await app.configure_task("succeed", queue="locks", queueing_lock="once").defer_async()
            self.tell({"operation": "defer a twin", "done": True})
        except exceptions.AlreadyEnqueued:
            self.tell({"operation": "defer a twin", "done": False})
        if self.can_prioritise:  # which of them goes first has changed in 3.3
            await self.made("lower in a lock", "pending", "succeed", queue="locks", lock="priorities", priority=1)
            await self.made("higher in a lock", "pending", "succeed", queue="locks", lock="priorities", priority=9)

    async def schedules(self):
        await self.made("scheduled at", "scheduled", "succeed", queue="schedules", schedule_at=now() + HOUR)
        await self.made("scheduled in", "scheduled", "succeed", queue="schedules", schedule_in={"minutes": 30})
        await self.made("scheduled in the past", "pending", "succeed", queue="schedules", schedule_at=now() - HOUR)

    async def order(self):
        self.tell({"operation": "prioritise", "done": self.can_prioritise})
        for number, priority in enumerate((0, 5, -3, 5, 100, 0)):
            options = {"priority": priority} if self.can_prioritise else {}
            await self.made(f"order {number}", "pending", "succeed", {"n": number}, queue="order", **options)
