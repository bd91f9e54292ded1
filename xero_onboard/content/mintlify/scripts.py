"""What the imports and exports of a page mean for its text: snippets and constants. Nothing is run."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from xero_onboard.content.front_matter import split
from xero_onboard.content.mintlify.findings import Findings
from xero_onboard.content.mintlify.folder import Folder, within
from xero_onboard.content.mintlify.mdx import Element, Node, Statement, constant, parse
from xero_onboard.content.mintlify.rewriting import Names, Rewriter, Talk
from xero_onboard.content.mintlify.sheet import Line, trimmed
from xero_onboard.content.problems import Broken

FOLDERS = ("snippets", "_snippets")
_DEEPEST = 5
_IMPORT = re.compile(r"import\s+(?:(\w+)|\{([^}]*)\})\s+from\s+[\"']([^\"']+)[\"'];?\s*", re.DOTALL)
_CONSTANT = re.compile(r"export\s+const\s+(\w+)\s*=\s*(.+?);?\s*", re.DOTALL)
_TEXTS = (".md", ".mdx")


@dataclass(frozen=True)
class Origin:
    """A file whose statements are read; `depth` counts the snippets around it."""

    path: PurePosixPath
    name: str
    depth: int = 0


class Scripts:
    """Reads the statements of pages and the snippets that they name."""

    def __init__(self, folder: Folder, findings: Findings) -> None:
        self._folder = folder
        self._findings = findings

    def talk(self, name: str) -> Talk:
        """What is told of a file."""
        return Talk(
            lost=lambda line, message: self._findings.lost(name, line, message),
            left_out=lambda line, what: self._findings.left_out(name, line, what),
        )

    def rewritten(
        self, origin: Origin, nodes: Sequence[Node], given: Mapping[str, str]
    ) -> list[Line]:
        """The file in our dialect, with the constants it was `given`."""
        snippets: dict[str, Callable[[Element], list[Line]]] = {
            "Snippet": lambda element: self._by_file(origin, element)
        }
        words, settled = dict(given), set()
        for node in nodes:
            if isinstance(node, Statement) and self._read(origin, node, words, snippets):
                settled.add(node.number)
        rest = [
            each for each in nodes if not (isinstance(each, Statement) and each.number in settled)
        ]
        return Rewriter(Names(words, snippets), self.talk(origin.name)).lines(rest)

    def _read(
        self,
        origin: Origin,
        node: Statement,
        words: dict[str, str],
        snippets: dict[str, Callable[[Element], list[Line]]],
    ) -> bool:
        """Whether all that the statement says is known now."""
        own = _CONSTANT.fullmatch(node.text)
        value = constant(own[2]) if own else None
        if own and value is not None:
            words[own[1]] = value
            return True
        found = _IMPORT.fullmatch(node.text)
        path = within(origin.path.parent, found[3]) if found else None
        if found is None or path is None or path.suffix not in _TEXTS:
            first = " ".join(node.text.split())[:80]
            words_of = f"JavaScript does not run here: “{first}” is kept in a comment"
            self._findings.lost(origin.name, node.number, words_of)
            return False
        if found[1]:
            snippets[found[1]] = lambda element: self._snippet(origin, path, element)
        return not found[2] or self._import_words(origin, node, path, found[2], words)

    def _import_words(
        self,
        origin: Origin,
        node: Statement,
        path: PurePosixPath,
        names: str,
        words: dict[str, str],
    ) -> bool:
        try:
            nodes, _ = self._nodes(path)
        except Broken as problem:
            self._findings.lost(origin.name, node.number, str(problem))
            return False
        there: dict[str, str] = {}
        for each in nodes:
            if isinstance(each, Statement):
                self._read(Origin(path, self._folder.name_of(path), _DEEPEST), each, there, {})
        wanted = dict((name.split(" as ") * 2)[:2] for name in names.split(",") if name.strip())
        for name, alias in wanted.items():
            if name.strip() not in there:
                message = f"“{name.strip()}” of {path} is no text: it would have to be run"
                self._findings.lost(origin.name, node.number, message)
                return False
            words[alias.strip()] = there[name.strip()]
        return True

    def _by_file(self, origin: Origin, element: Element) -> list[Line]:
        file = element.attrs.get("file") or ""
        paths = [within(PurePosixPath(folder), file) for folder in FOLDERS]
        path = next((each for each in paths if each and self._folder.has(each)), paths[0])
        return self._snippet(origin, path or PurePosixPath(file), element)

    def _snippet(self, origin: Origin, path: PurePosixPath, element: Element) -> list[Line]:
        """The snippet's own text, in place of the element."""
        given = {name: value for name, value in element.attrs.items() if value is not None}
        try:
            if origin.depth >= _DEEPEST:
                raise Broken(self._folder.name_of(path), 1, "snippets are nested too deeply")
            nodes, problems = self._nodes(path)
        except Broken as problem:
            self._findings.lost(origin.name, element.number, f"a snippet is missing: {problem}")
            return [Line(element.number, f"`{element.raw}`".replace("\n", " "))]
        for each in problems:
            self._findings.refused(each)
        inner = Origin(path, self._folder.name_of(path), origin.depth + 1)
        lines = trimmed(self.rewritten(inner, nodes, given))
        return [replace(line, number=element.number) for line in lines]

    def _nodes(self, path: PurePosixPath) -> tuple[list[Node], list[Broken]]:
        text, first = self._folder.text(path), 1
        if text.startswith("---\n"):
            _, first = split(self._folder.name_of(path), text)
        body = "\n".join(text.split("\n")[first - 1 :])
        return parse(self._folder.name_of(path), body, first)
