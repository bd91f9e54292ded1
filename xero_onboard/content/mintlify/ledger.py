"""What an earlier import wrote into the content folder, so that a file changed since is not overwritten."""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from xero_onboard.content.mintlify.places import slug_of
from xero_onboard.lib.clock import now

Say = Callable[[str], None]


class Taken(Exception):
    """There is a file of this name that no import has written."""


class Ledger:
    """Writes into the folder, and remembers what it wrote in a hidden file there."""

    def __init__(self, content: Path, site: str, say: Say) -> None:
        self._content = content
        self._file = content / f".mintlify-{slug_of(site)}.json"
        self._before = _read(self._file)
        self._now: dict[str, dict[str, str]] = {}
        self._say = say

    def day_of(self, path: str) -> str:
        """The day on which the file was first written."""
        return self._before.get(path, {}).get("since") or now().date().isoformat()

    def put(self, path: str, body: bytes) -> None:
        """Write a file, unless somebody has changed it; raises Taken."""
        file, known = self._content / path, self._before.get(path)
        present = file.read_bytes() if file.is_file() else None
        if present not in (None, body) and known is None:
            raise Taken(path)
        if (
            present is not None
            and known
            and _digest(present) not in (known["digest"], _digest(body))
        ):
            self._now[path] = known
            self._say(f"{self._name(path)}: left as it is, because it was changed since it came in")
            return
        self._now[path] = {"digest": _digest(body), "since": self.day_of(path)}
        if present != body:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)

    def keep(self, path: str) -> None:
        """Leave a file as an earlier import wrote it."""
        if path in self._before:
            self._now[path] = self._before[path]

    def close(self) -> None:
        """Remove what the site has no more, and remember the rest."""
        for path in sorted(self._before.keys() - self._now.keys()):
            file = self._content / path
            if file.is_file() and _digest(file.read_bytes()) == self._before[path]["digest"]:
                file.unlink()
                self._say(f"{self._name(path)}: removed, because the site has it no more")
        self._content.mkdir(parents=True, exist_ok=True)
        text = json.dumps(self._now, indent=1, sort_keys=True, ensure_ascii=False)
        self._file.write_text(text + "\n", encoding="utf-8")

    def _name(self, path: str) -> str:
        return f"{self._content.name}/{path}"


def _read(file: Path) -> dict[str, dict[str, str]]:
    """What stands in the hidden file; of one that somebody has spoilt, nothing."""
    try:
        given: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    pairs = given.items() if isinstance(given, dict) else ()
    return {
        path: known
        for path, known in pairs
        if isinstance(known, dict) and isinstance(known.get("digest"), str)
    }


def _digest(body: bytes) -> str:
    return sha256(body).hexdigest()
