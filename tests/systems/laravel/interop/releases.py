"""The release of Laravel's queue that is run: Debian's, as its packages install it."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


class Release:
    system = "laravel"

    def __init__(self, name, version):
        self.name = name
        self.version = version

    def build(self):
        """Looks whether it is there; ends with 2 if it is not."""
        ask = ["php", "-r", "foreach (['Bus', 'Database', 'Events', 'Queue'] as $part) require \"Illuminate/$part/autoload.php\"; "
                            "exit(in_array('pgsql', PDO::getAvailableDrivers()) ? 0 : 1);"]
        try:
            subprocess.run(ask, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            print("interop: no Laravel: install the packages php-cli, php-pgsql and php-illuminate-queue, -database, -events and -bus",
                  file=sys.stderr)
            raise SystemExit(2) from None

    def run(self, url, phase, *arguments):
        """Runs one phase of program/main.php; returns the records it prints."""
        finished = subprocess.run(["php", f"{HERE}/program/main.php", phase, *arguments], text=True, capture_output=True,
                                  env={**os.environ, "DATABASE_URL": url}, timeout=300)
        if finished.returncode != 0:
            raise SystemExit(f"interop: laravel {self.version} {phase}: {finished.stderr}{finished.stdout}")
        return [json.loads(line) for line in finished.stdout.splitlines()]


RELEASES = [Release("8", "8.83.26")]
