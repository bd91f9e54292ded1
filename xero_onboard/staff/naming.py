"""What a guide is called among staff, who may not have given it a title yet."""


def titled(title: str) -> str:
    """The title, or words that stand for it: a link must say something."""
    return title or "Without a title"
