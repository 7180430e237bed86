"""A private Redis server on a free port of the loopback; gone with its data when the block ends."""
import shutil
import socket
import subprocess
import tempfile
import time

DATABASES = 64


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class RedisServer:
    def __init__(self, *options):
        self.options = options  # beside those that every server has

    def __enter__(self):
        if not shutil.which("redis-server"):
            raise SystemExit("interop: no Redis server: install the package redis-server")
        self.folder = tempfile.mkdtemp(prefix="queuetrace-interop-")
        self.port = free_port()
        self.used = 0
        server = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder, "--save", "",
                  "--databases", str(DATABASES), *self.options]
        self.process = subprocess.Popen(server, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            if self.ask(0, "PING") == "PONG":
                return self
            time.sleep(0.05)
        self.__exit__()
        raise SystemExit("interop: the Redis server did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, database, *arguments):
        command = ["redis-cli", "-p", str(self.port), "-n", str(database), *arguments]
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()

    def new_database(self, _name):
        """Returns the URL of an empty database."""
        self.used += 1
        return f"redis://127.0.0.1:{self.port}/{self.used - 1}"
