"""A shared cache in front of the running site, as an operator may put one there: nginx."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.outside import do_without
from tests.servers import free_ports

START_SECONDS = 15.0

# It keeps what the site's own headers allow, and says of each answer whether it had it already.
_CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  proxy_cache_path {folder}/kept keys_zone=kept:1m use_temp_path=off;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://{behind};
      proxy_set_header Host {behind};
      proxy_cache kept;
      proxy_cache_key $request_uri;
      add_header X-Kept $upstream_cache_status always;
    }}
  }}
}}
"""


@contextmanager
def cache_in_front_of(site: str) -> Iterator[str]:
    """The origin at which the cache answers for the site at `site`."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        do_without("a shared cache", "Install nginx.")
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="front-") as folder:
        # Its workers may be another user's.
        Path(folder).chmod(0o755)
        file = Path(folder) / "nginx.conf"
        behind = urlsplit(site).netloc
        file.write_text(_CONFIGURATION.format(folder=folder, port=port, behind=behind))
        command = (program, "-e", f"{folder}/error.log", "-p", folder, "-c", str(file))
        with subprocess.Popen(command) as process:  # noqa: S603 - an installed program
            try:
                _wait(f"http://127.0.0.1:{port}", Path(folder) / "error.log")
                yield f"http://127.0.0.1:{port}"
            finally:
                process.terminate()


def _wait(origin: str, log: Path) -> None:
    ends_at = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(f"{origin}/robots.txt")
            return
        except httpx.TransportError:
            said = log.read_text() if log.exists() else ""
            assert time.monotonic() < ends_at, said
            time.sleep(0.05)
