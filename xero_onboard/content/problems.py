"""What is wrong with a guide, and where."""


class Broken(Exception):
    """A file cannot become an article; the message names the file and the line."""

    def __init__(self, file: str, line: int, message: str) -> None:
        # A file's name and an escape in its text may hold what no terminal can be sent.
        text = f"{file}:{line}: {message}".encode("utf-8", "backslashreplace").decode()
        super().__init__(text)
        self.file = file
        self.line = line
        self.message = message
