"""The same changes as of the queues in Redis."""
from bullmq.interop.administer import compare_administration  # noqa: F401
