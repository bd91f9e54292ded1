"""What the imports and exports of a page mean for its text: snippets and constants. Nothing is run."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from xero_onboard.content.mintlify.findings import Findings
from xero_onboard.content.mintlify.folder import Folder, within
from xero_onboard.content.mintlify.mdx import Element, Node, Statement, Text, constant, parse
from xero_onboard.content.mintlify.rewriting import Names, Put, Rewriter
from xero_onboard.content.mintlify.shared import Shared
from xero_onboard.content.mintlify.sheet import Line, trimmed
from xero_onboard.content.mintlify.talking import Talk
from xero_onboard.content.mintlify.variables import Variables
from xero_onboard.content.problems import Broken
from xero_onboard.content.shelf import LARGEST_GUIDE
from xero_onboard.content.top import split
from xero_onboard.lib.web import settings

FOLDERS = ("snippets", "_snippets")
_DEEPEST = 5
# Snippets in snippets grow faster than anybody can read: so much text is put into one page.
_MOST_TEXT, _EACH = 4 * LARGEST_GUIDE, 100
_IMPORT = re.compile(r"import\s+(?:(\w+)|\{([^}]*)\})\s+from\s+[\"']([^\"']+)[\"']\s*", re.DOTALL)
_CONSTANT = re.compile(r"export\s+const\s+(\w+)\s*=(.+)", re.DOTALL)
_TEXTS = (".md", ".mdx")


@dataclass(frozen=True)
class Origin:
    """A file whose statements are read, for a page in this language; `around` are the snippets it stands in, itself the last."""

    path: PurePosixPath
    name: str
    locale: str
    around: tuple[PurePosixPath, ...] = ()


@dataclass(frozen=True)
class _Read:
    """A snippet as a tree, with its mistakes and its length."""

    nodes: Sequence[Node]
    problems: Sequence[Broken]
    size: int


class Scripts:
    """Reads the statements of pages and the snippets that they name."""

    def __init__(
        self, folder: Folder, variables: Variables, shared: Shared, findings: Findings
    ) -> None:
        self.used: set[PurePosixPath] = set()
        self._folder = folder
        self._variables = variables
        self._shared = shared
        self._findings = findings
        self._read_files: dict[PurePosixPath, _Read] = {}
        # By language and file: the name it has here, if it has one, and its lines.
        self._known: dict[tuple[str, PurePosixPath], tuple[str | None, list[Line]]] = {}
        self._text = 0

    def talk(self, name: str) -> Talk:
        """What is told of a file."""
        return Talk(
            lost=lambda line, message: self._findings.lost(name, line, message),
            left_out=lambda line, what: self._findings.left_out(name, line, what),
        )

    def page(self, origin: Origin, nodes: Sequence[Node]) -> list[Line]:
        """The page in our dialect; raises Broken for one that grows beyond all measure."""
        self._text = 0
        return self._rewritten(origin, nodes, {})

    def _rewritten(
        self, origin: Origin, nodes: Sequence[Node], given: Mapping[str, str]
    ) -> list[Line]:
        """The file in our dialect, with the constants it was `given`."""
        snippets: dict[str, Put] = {
            "Snippet": lambda element, apart: self._by_file(origin, element, apart)
        }
        words, settled = dict(given), set()
        for node in nodes:
            if isinstance(node, Statement) and self._read(origin, node, words, snippets):
                settled.add(node.number)
        rest = [
            each for each in nodes if not (isinstance(each, Statement) and each.number in settled)
        ]
        names, talk = Names(words, snippets), self.talk(origin.name)
        return Rewriter(names, talk, settings().video_hosts).lines(rest)

    def _read(
        self, origin: Origin, node: Statement, words: dict[str, str], snippets: dict[str, Put]
    ) -> bool:
        """Whether all that the statement says is known now."""
        code = node.text.strip().removesuffix(";")
        own = _CONSTANT.fullmatch(code)
        value = constant(own[2]) if own else None
        if own and value is not None:
            words[own[1]] = value
            return True
        found = _IMPORT.fullmatch(code)
        path = within(origin.path.parent, found[3]) if found else None
        if found is None or path is None or path.suffix not in _TEXTS:
            first = " ".join(node.text.split())[:80]
            words_of = f"JavaScript does not run here: “{first}” is kept in a comment"
            self._findings.lost(origin.name, node.number, words_of)
            return False
        if found[1]:
            snippets[found[1]] = lambda element, apart: self._snippet(origin, path, element, apart)
        return not found[2] or self._import_words(origin, node, path, found[2], words)

    def _import_words(
        self,
        origin: Origin,
        node: Statement,
        path: PurePosixPath,
        names: str,
        words: dict[str, str],
    ) -> bool:
        there: dict[str, str] = {}
        try:
            inner = self._inner(origin, path)
            for each in self._nodes(path).nodes:
                if isinstance(each, Statement):
                    self._read(inner, each, there, {})
        except Broken as problem:
            self._findings.lost(origin.name, node.number, str(problem))
            return False
        wanted = dict((name.split(" as ") * 2)[:2] for name in names.split(",") if name.strip())
        for name, alias in wanted.items():
            if name.strip() not in there:
                message = f"“{name.strip()}” of {path} is no text: it would have to be run"
                self._findings.lost(origin.name, node.number, message)
                return False
            words[alias.strip()] = there[name.strip()]
        return True

    def _by_file(self, origin: Origin, element: Element, stands_apart: bool) -> list[Line]:
        file = element.attrs.get("file") or ""
        paths = [within(PurePosixPath(folder), file) for folder in FOLDERS]
        path = next((each for each in paths if each and self._folder.has(each)), paths[0])
        return self._snippet(origin, path or PurePosixPath(file), element, stands_apart)

    def _snippet(
        self, origin: Origin, path: PurePosixPath, element: Element, stands_apart: bool
    ) -> list[Line]:
        """Our snippet, or the snippet's own text, in place of the element."""
        try:
            inner, read = self._inner(origin, path), self._nodes(path)
        except Broken as problem:
            self._findings.lost(origin.name, element.number, f"a snippet is missing: {problem}")
            return [Line(element.number, f"`{element.raw}`".replace("\n", " "))]
        self.used.add(path)
        self._spend(origin, read.size)
        for each in read.problems:
            self._findings.refused(each)
        own = {key: value for key, value in element.attrs.items() if key != "file"}
        if own or _holds_something(element):
            words = f"<{element.name}> is given words of its own: its text stands in the page"
            self._findings.noted(origin.name, element.number, words)
            given = {key: value for key, value in own.items() if value is not None}
            lines = trimmed(self._rewritten(inner, read.nodes, given))
        else:
            name, lines = self._ours(inner, read)
            if name and stands_apart:
                return [Line(element.number, f'<Snippet name="{name}" />')]
            if name:
                words = f"<{element.name}> stands within a line or a frame: so does its text"
                self._findings.noted(origin.name, element.number, words)
        return [replace(line, number=element.number) for line in lines]

    def _ours(self, origin: Origin, read: _Read) -> tuple[str | None, list[Line]]:
        key = origin.locale, origin.path
        if key not in self._known:
            lines = trimmed(self._rewritten(origin, read.nodes, {}))
            name = None
            if not read.problems:
                name = self._shared.keep(origin.locale, origin.path, origin.name, lines)
            self._known[key] = name, lines
        return self._known[key]

    def _inner(self, origin: Origin, path: PurePosixPath) -> Origin:
        name = self._folder.name_of(path)
        if path in (*origin.around, origin.path):
            raise Broken(name, 1, "this holds itself, directly or in another")
        if len(origin.around) >= _DEEPEST:
            raise Broken(name, 1, "snippets are nested too deeply")
        return Origin(path, name, origin.locale, (*origin.around, path))

    def _spend(self, origin: Origin, size: int) -> None:
        self._text += size + _EACH
        if self._text > _MOST_TEXT:
            words = f"the snippets of this page are larger than {_MOST_TEXT // 1024} kB"
            raise Broken(origin.name, 1, words)

    def _nodes(self, path: PurePosixPath) -> _Read:
        if path not in self._read_files:
            name = self._folder.name_of(path)
            text, first = self._variables.put(name, self._folder.text(path)), 1
            if text.startswith("---\n"):
                _, first = split(name, text)
            body = "\n".join(text.split("\n")[first - 1 :])
            self._read_files[path] = _Read(*parse(name, body, first), len(body))
        return self._read_files[path]


def _holds_something(element: Element) -> bool:
    return any(not isinstance(each, Text) or each.text.strip() for each in element.children)
