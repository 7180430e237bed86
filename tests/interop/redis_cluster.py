"""A private Redis Cluster of three masters on free ports of the loopback; gone with its data when the block ends."""
import subprocess
import time

from redis_server import RedisServer

MASTERS = 3


class RedisCluster:
    def __enter__(self):
        self.masters = []
        try:
            for _ in range(MASTERS):
                self.masters.append(RedisServer("--cluster-enabled", "yes").__enter__())
            addresses = [f"127.0.0.1:{master.port}" for master in self.masters]
            command = ["redis-cli", "--cluster", "create", *addresses, "--cluster-yes"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            self.wait_until_well()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for master in self.masters:
            master.__exit__()

    def wait_until_well(self):
        for _ in range(600):
            if all("cluster_state:ok" in master.ask(0, "CLUSTER", "INFO") for master in self.masters):
                return
            time.sleep(0.05)
        raise SystemExit("interop: the masters do not become a Redis Cluster")

    def new_database(self, _name):
        """Returns the URL of the cluster, which has one database: what was in it is gone."""
        for master in self.masters:
            master.ask(0, "FLUSHALL")
        return f"redis+cluster://127.0.0.1:{self.masters[0].port}"
