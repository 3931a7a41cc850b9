"""`python -m bot.simulator`: reads the environment, says where it is, serves until it is stopped."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from bot.simulator.app import create_simulator
from bot.simulator.server import bind
from bot.simulator.settings import SettingsError, read_settings


def main() -> int:
    """Serve until interrupted or terminated; 1 when it could not start, with a line for each reason."""
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        sys.stderr.write("".join(f"{line}\n" for line in error.args))
        return 1
    signal.signal(signal.SIGTERM, _interrupt)
    app = create_simulator(settings)
    try:
        server = bind(app, settings)
    except (OSError, SystemExit):  # werkzeug says itself which address is taken, and exits
        sys.stderr.write(f"The simulator cannot have {settings.api_url}: the address is taken.\n")
        return 1
    sys.stdout.write(f"Simulator: {settings.api_url}/ (a phone for {settings.public_url})\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        server.server_close()
    return 0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
