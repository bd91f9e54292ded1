"""What a person can put right on the page they are on."""


class Refused(Exception):
    """The form was not accepted; the message is the sentence to show above it, or at the field it names."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
