"""The release of Symfony's Messenger that is run: Debian's, as its packages install it."""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


class Release:
    system = "symfony"

    def __init__(self, name, version):
        self.name = name
        self.version = version

    def build(self):
        """Looks whether it is there; ends with 2 if it is not."""
        ask = ["php", "-r", "foreach (['Component/Messenger/Bridge/Doctrine', 'Component/EventDispatcher', 'Component/Serializer'] as $part) "
                            "require \"Symfony/$part/autoload.php\"; require 'Doctrine/DBAL/autoload.php'; "
                            "exit(in_array('pgsql', PDO::getAvailableDrivers()) ? 0 : 1);"]
        try:
            subprocess.run(ask, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            print("interop: no Messenger: install the packages php-cli, php-pgsql, php-doctrine-dbal and php-symfony-doctrine-messenger, "
                  "-event-dispatcher, -serializer and -property-access", file=sys.stderr)
            raise SystemExit(2) from None

    def run(self, url, phase, *arguments):
        """Runs one phase of program/main.php; returns the records it prints."""
        finished = subprocess.run(["php", f"{HERE}/program/main.php", phase, *arguments], text=True, capture_output=True,
                                  env={**os.environ, "DATABASE_URL": url}, timeout=300)
        if finished.returncode != 0:
            raise SystemExit(f"interop: symfony {self.version} {phase}: {finished.stderr}{finished.stdout}")
        return [json.loads(line) for line in finished.stdout.splitlines()]


RELEASES = [Release("5", "5.4.53")]
