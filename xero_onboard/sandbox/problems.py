"""What a person can put right on the page they are on."""


class Refused(Exception):
    """The form was not accepted; the message is the sentence to show above it."""
