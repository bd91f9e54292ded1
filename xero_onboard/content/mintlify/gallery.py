"""The site's pictures beside our guides: drawn anew, as those that are uploaded, whatever their files say they are."""

from hashlib import sha256
from pathlib import PurePosixPath

from xero_onboard.content.mintlify.folder import Folder
from xero_onboard.content.mintlify.ledger import Ledger
from xero_onboard.content.mintlify.places import slug_of
from xero_onboard.content.uploads import LARGEST, redraw


class Gallery:
    """Keeps each picture once for each section that shows it."""

    def __init__(self, folder: Folder, ledger: Ledger) -> None:
        self._folder = folder
        self._ledger = ledger
        self._names: dict[tuple[PurePosixPath, str], str] = {}

    def keep(self, path: PurePosixPath, section: str) -> str:
        """The picture's name in the folder of the section; raises Broken and BadPicture."""
        known = self._names.get((path, section))
        if known:
            return known
        drawn = redraw(self._folder.body(path, LARGEST))
        # The path is part of the name, because two folders may hold pictures that are called the same.
        mark = sha256(str(path).encode("utf-8", "replace")).hexdigest()[:6]
        name = f"{slug_of(path.stem)[:60]}-{mark}.{drawn.ending}"
        self._ledger.put(f"{section}/images/{name}", drawn.body)
        self._names[path, section] = name
        return name
