"""OpenTelemetry's community instrumentation of RQ, which writes the context of what is enqueued into its meta."""
import contextlib

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry_instrumentation_rq import RQInstrumentor

PROVIDER = TracerProvider()


@contextlib.contextmanager
def request():
    """A traced request in whose course jobs are enqueued; gives its trace id."""
    RQInstrumentor().instrument(tracer_provider=PROVIDER, skip_dep_check=True)
    try:
        with PROVIDER.get_tracer("interop").start_as_current_span("request") as span:
            yield format(span.get_span_context().trace_id, "032x")
    finally:
        RQInstrumentor().uninstrument()
