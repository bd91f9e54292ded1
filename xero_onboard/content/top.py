"""The top of a file, between its first two “---”: keys and values, each with the lines it stands on."""

from collections.abc import Iterator

import yaml

from xero_onboard.content.problems import Broken

# Besides its own errors the reader of YAML lets those of Python through, for a tag like “!!int ''”.
_UNREADABLE = (
    yaml.YAMLError,
    ValueError,
    LookupError,
    AttributeError,
    OverflowError,
    RecursionError,
)


def split(file: str, source: str) -> tuple[str, int]:
    """What stands between the first two “---”, and the line below them; raises Broken."""
    lines = source.split("\n")
    if lines[0].rstrip() != "---":
        raise Broken(file, 1, "the file must begin with “---” and what the guide says of itself")
    end = next((number for number, line in enumerate(lines[1:], 2) if line.rstrip() == "---"), 0)
    if not end:
        raise Broken(file, 1, "the “---” that ends the top of the file is missing")
    return "\n".join(lines[1 : end - 1]), end + 1


def pairs(
    file: str,
    text: str,
    *,
    above: int = 1,
    example: str = "title: Connect your organisation",
    is_all_words: bool = False,
) -> Iterator[tuple[str, object, dict[str, int]]]:
    """The keys and values of the mapping, each with the lines of the file it stands on; raises Broken.

    So many lines stand `above` the text. Where all are words, “on” and “1” are no more than that.
    """
    line, loader = above + 1, None
    try:
        # Not the faster one in C: a text that is nested deeply enough ends the process there.
        loader = yaml.BaseLoader(text) if is_all_words else yaml.SafeLoader(text)
        root = loader.get_single_node()
        if not isinstance(root, yaml.MappingNode):
            raise Broken(file, above + 1, f"expected lines like “{example}”")
        for key, value in root.value:
            line = above + _line(text, key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                raise Broken(file, line, f"expected a line like “{example}”")
            read = loader.construct_object(value, deep=True)
            places = {f"{key.value} {word}": above + at for word, at in _entries(text, value)}
            places[str(key.value)] = line
            yield str(key.value), read, places
    except _UNREADABLE as error:
        number, problem = _complaint(text, error)
        where = above + number if number else line
        raise Broken(file, where, f"cannot be read: {problem}") from error
    finally:
        if loader:
            loader.dispose()


def _entries(text: str, value: yaml.Node) -> Iterator[tuple[str, int]]:
    """The entries of a list or the keys of a mapping, with their lines."""
    if isinstance(value, yaml.SequenceNode | yaml.MappingNode):
        for entry in value.value:
            node = entry[0] if isinstance(entry, tuple) else entry
            # Only words: lists that stand in each other again and again have no end of a text.
            if isinstance(node, yaml.ScalarNode):
                yield str(node.value), _line(text, node.start_mark)


def _line(text: str, mark: yaml.Mark) -> int:
    # YAML counts more characters as the end of a line than editors do, so its own count is not used.
    return text.count("\n", 0, mark.index) + 1


def _complaint(text: str, error: Exception) -> tuple[int | None, str]:
    """The line and the words of what the reader of YAML did not like."""
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return line, "it contains a character that cannot be typed"
    if isinstance(error, LookupError | AttributeError):
        return None, "the value does not fit the tag before it"
    if not isinstance(error, yaml.MarkedYAMLError):
        return None, str(error) or "it is nested too deeply"
    # A quotation that is never closed is found at the end of the text, and its context is where it begins.
    is_unclosed = error.context_mark and str(error.problem).endswith("end of stream")
    mark = error.context_mark if is_unclosed else error.problem_mark
    return _line(text, mark) if mark else None, str(error.problem or error.context)
