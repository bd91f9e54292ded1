"""The practice Xero on a port of its own: `python -m xero_onboard.sandbox`."""

import sys

from xero_onboard.config import SandboxSettings, UnsafeSettingError
from xero_onboard.sandbox import create_app, server

if __name__ == "__main__":
    try:
        settings = SandboxSettings.from_environ()
    except UnsafeSettingError as error:
        sys.exit(f"Cannot start. {error}")
    server.serve(create_app(settings), settings.port)
