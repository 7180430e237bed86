"""The releases of Asynq that are run in a Redis Cluster, whose queues lie on all of its masters: each has a slot of its own.

The client of 0.19 (go-redis 8.11.2) cannot read what clusters of Redis 7 say of their slots."""
from asynq.interop import releases

IN_CLUSTER = True
RELEASES = [release for release in releases.RELEASES if release.name != "0.19"]
