"""The forms on pages of staff, as a browser would send them."""

from html.parser import HTMLParser

Attributes = dict[str, str | None]


def fields(page: str, action: str) -> dict[str, str]:
    """What stands in the form that leads there, whatever its address asks besides."""
    reading = _Form(action)
    reading.feed(page)
    return reading.found


class _Form(HTMLParser):
    def __init__(self, action: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._action = action
        self._is_inside = False
        self._name = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has: Attributes = dict(attrs)
        if tag == "form":
            self._is_inside = (has.get("action") or "").partition("?")[0] == self._action
        if not self._is_inside:
            return
        name, value = has.get("name") or "", has.get("value") or ""
        if tag == "input":
            self.found[name] = value
        if tag in ("select", "textarea"):
            self._name, self.found[name] = name, ""
        if tag == "option" and "selected" in has:
            self.found[self._name] = value

    def handle_data(self, data: str) -> None:
        if self._is_inside and self.lasttag == "textarea":
            # The first line break in it is the page's own, says HTML.
            before = self.found[self._name]
            self.found[self._name] += data if before else data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False
        if tag == "textarea":
            # What follows it is not in it.
            self.lasttag = ""
