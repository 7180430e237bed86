"""The application: its tasks, and the contexts that OpenTelemetry injects into their arguments."""
import asyncio
import os
import sys
import time

import procrastinate
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from procrastinate import exceptions

app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=os.environ["DATABASE_URL"]))
tracer = TracerProvider().get_tracer("interop")
propagator = TraceContextTextMapPropagator()
# In the phase `work` of main.py whatever made jobs fail is put right, as it is before somebody retries them.
MENDED = sys.argv[1:2] == ["work"]


def injected(context=None):
    carrier = {}
    propagator.inject(carrier, context=context)
    return carrier


@app.task(name="succeed")
async def succeed(**_):
    return "done"


@app.task(name="fail")
async def fail(**_):
    raise ValueError("as it should")


@app.task(name="fail_until_mended")
async def fail_until_mended(**_):
    if not MENDED:
        raise ValueError("as it should")


@app.task(name="wait_until_mended", retry=procrastinate.RetryStrategy(max_attempts=5, wait=3600))
async def wait_until_mended(**_):
    await fail_until_mended()


@app.task(name="fail_thrice", retry=procrastinate.RetryStrategy(max_attempts=2))
async def fail_thrice(**_):
    raise ValueError("as it should")


@app.task(name="fail_and_wait", retry=procrastinate.RetryStrategy(max_attempts=5, wait=3600))
async def fail_and_wait(**_):
    raise ValueError("as it should")


@app.task(name="defer_another")
async def defer_another(trace_context, **_):
    """A run whose span is a child of the context it was deferred with."""
    with tracer.start_as_current_span("run", context=propagator.extract(trace_context)):
        await succeed.configure(queue="children").defer_async(trace_context=injected(), child=True)


@app.task(name="until_aborted", pass_context=True)
async def until_aborted(context, **_):
    while True:
        await asyncio.sleep(0.05)  # 3.0 and later cancel it here
        if hasattr(context, "should_abort_async") and await context.should_abort_async():
            raise exceptions.JobAborted()


@app.task(name="never_ending")
def never_ending(**_):
    time.sleep(600)


@app.task(name="hang_until_mended")
def hang_until_mended(**_):
    if not MENDED:
        time.sleep(600)


if os.environ.get("INTEROP_PERIODIC"):

    @app.periodic(cron="* * * * *", periodic_id="interop")
    @app.task(name="every_minute", queue="periodic")
    async def every_minute(timestamp):
        return timestamp
