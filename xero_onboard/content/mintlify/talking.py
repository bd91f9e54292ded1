"""What is told of a page while it is rewritten."""

from collections.abc import Callable
from dataclasses import dataclass

Tell = Callable[[int, str], None]


@dataclass(frozen=True)
class Talk:
    """What is told of a page, with the line: what is lost, and which ornaments are left out."""

    lost: Tell
    left_out: Tell
