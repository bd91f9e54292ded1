"""What a new guide can begin with, so that nobody begins with an empty page."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Skeleton:
    """The beginnings of a guide of one kind."""

    title: str
    about: str
    body: str


_STEPS = """<Warning>
What goes wrong if the reader skips this.
</Warning>

One sentence: who this guide is for, and what they will have done at the end.

## What you need

- The first thing to have ready.

## Do it

<Steps>
  <Step title="The first action">
    Press **the name of the button**. You see what comes next.
  </Step>
  <Step title="The second action">
    What to do if you see something else.
  </Step>
</Steps>

<Check>
What the reader sees when all went well.
</Check>
"""

_CONNECT = """<Warning>
You need the Standard or Adviser role in the organisation.
</Warning>

<When connection="active expiring_soon paused degraded">
You are connected. You can skip this guide.
</When>

<Steps>
  <Step title="Sign in" check="signed_in">
    What the reader has to have ready.
  </Step>
  <Step title="Press the button" check="xero.connected">
    <Connect provider="xero" />
  </Step>
</Steps>

## If it does not work

What is seen most often, and what to do.
"""

_PROBLEM = """## What you see {#what-you-see}

The words on the screen, exactly as they are written.

## Why

One sentence.

## What to do

<Steps>
  <Step title="The first thing to try">
    Press **the name of the button**.
  </Step>
</Steps>

If that does not help, write to {{ support_email }}.
"""

SKELETONS: Mapping[str, Skeleton] = {
    "steps": Skeleton("Something to do", "A warning, what to have ready, and steps.", _STEPS),
    "connect": Skeleton(
        "Connecting", "Steps that tick themselves, with the live button.", _CONNECT
    ),
    "problem": Skeleton("A problem", "What is seen, why, and what to do about it.", _PROBLEM),
    "empty": Skeleton("An empty page", "Nothing but the first line.", "Begin here.\n"),
}
