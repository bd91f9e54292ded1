"""What is wrong with a guide, and where."""


class Broken(Exception):
    """A file cannot become an article; the message names the file and the line."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
        self.file = file
        self.line = line
        self.message = message
