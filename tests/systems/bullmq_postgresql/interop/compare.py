"""The same comparison as for the queues in Redis."""
from bullmq.interop.compare import compare  # noqa: F401
