"""The same comparison as on one server."""
from asynq.interop.compare import compare  # noqa: F401
