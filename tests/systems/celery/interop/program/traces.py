"""OpenTelemetry's own instrumentation of Celery, which writes the context of what is sent into its headers."""
import contextlib

from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.sdk.trace import TracerProvider

PROVIDER = TracerProvider()


def instrument():
    CeleryInstrumentor().instrument(tracer_provider=PROVIDER)


@contextlib.contextmanager
def request():
    """A traced request in whose course tasks are sent; gives its trace id."""
    instrument()
    try:
        with PROVIDER.get_tracer("interop").start_as_current_span("request") as span:
            yield format(span.get_span_context().trace_id, "032x")
    finally:
        CeleryInstrumentor().uninstrument()
