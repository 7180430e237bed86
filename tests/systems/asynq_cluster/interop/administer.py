"""The same changes as on one server."""
from asynq.interop.administer import compare_administration  # noqa: F401
