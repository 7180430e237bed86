"""Makes the jobs that queuetrace then retries, cancels, moves and deletes, each in a queue of its own."""
import fill
from application import app, injected, tracer
from fill import HOUR, now


class Prepare(fill.Fill):
    async def everything(self):
        await self.failed()
        await self.waiting()
        await self.held()
        await self.deleted()

    async def failed(self):
        """What fails now: once, with its attempts used up, or until a retry that is an hour away."""
        for name, task in (("mended", "fail_until_mended"), ("policy goes on", "fail_thrice"),
                           ("policy anew", "fail_thrice")):
            await self.made(name, "failed", task, queue=name, lock=f"lock of {name}")
        await self.made("hastened", "retrying", "wait_until_mended", queue="hastened")
        for number in range(3):
            await self.made(f"purged {number}", "failed", "fail", {"n": number}, queue="purged")
        await self.work("mended", "policy goes on", "policy anew", "hastened", "purged")
        await self.made("not purged", "pending", "succeed", queue="purged")
        twin = {"queue": "twins", "queueing_lock": "only one waits"}
        await self.made("its twin waits", "failed", "fail_until_mended", **twin)
        await self.work("twins")
        await self.made("twin", "pending", "succeed", **twin)

    async def waiting(self):
        await self.made("cancelled", "pending", "succeed", queue="unwanted", lock="a lock")
        await self.made("behind a cancelled job", "pending", "succeed", queue="unwanted", lock="a lock",
                        note="lock-held")
        await self.made("cancelled before its time", "scheduled", "succeed", queue="unwanted", schedule_at=now() + HOUR)
        await self.made("moved", "pending", "succeed", {"n": 1}, queue="from", lock="of moved jobs")
        await self.made("moved behind it", "pending", "succeed", {"n": 2}, queue="from", lock="of moved jobs",
                        note="lock-held")
        await self.made("moved before its time", "scheduled", "succeed", queue="from", schedule_at=now() + HOUR)

    async def held(self):
        """What stays taken by a worker that is gone, and what a worker is asked to stop."""
        await self.killed("its worker was killed", task="hang_until_mended", queue="left")
        if self.can_cancel:
            await self.made("aborted", "pending", "until_aborted", queue="aborts")
        if self.keeps_worker:
            failed = await self.killed("failed, asked to abort", task="hang_until_mended", queue="flagged")
            await self.manager.cancel_job_by_id_async(failed, abort=True)
            [job] = await self.manager.list_jobs_async(id=failed)
            await self.manager.retry_job_by_id_async(job_id=failed, retry_at=now(), **self.kept(job))
            self.tell({"became": "failed", "id": str(failed)})  # for it was asked to abort

    async def deleted(self):
        """What is deleted and put back: a job of every sort."""
        with tracer.start_as_current_span("kept") as span:
            arguments = {"trace_context": injected(), "naïve": "\u202e \x1b[31m"}
            await self.made("kept: due", "pending", "succeed", arguments, trace=fill.hexadecimal(span), queue="kept",
                            lock="kept", queueing_lock="kept")
        await self.made("kept: scheduled", "scheduled", "succeed", queue="kept later", schedule_at=now() + HOUR)
        await self.made("kept: completed", "completed", "succeed", queue="kept ends")
        await self.made("kept: failed", "failed", "fail_thrice", {"numbers": [1, 2.50, None]}, queue="kept ends")
        await self.made("kept: waits for its retry", "retrying", "fail_and_wait", queue="kept ends")
        await self.work("kept ends")
        if self.can_cancel:
            cancelled = await self.made("kept: cancelled", "cancelled", "succeed", queue="kept ends")
            await self.manager.cancel_job_by_id_async(cancelled)
