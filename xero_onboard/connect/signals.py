"""News for the floors above, rung inside the transaction that makes it true.

The sender is the connection, unless the signal says otherwise.
"""

from blinker import Signal

connected = Signal("A customer's connection works, for the first time or again.")
disconnected = Signal("A customer no longer wants this connection.")
needs_reauth = Signal("A connection works again only after somebody reconnects it.")
ending = Signal("Connections end soon: `notices`, for one customer, whose id is the sender.")
stopped = Signal("Connections have stopped: `notices`, for one customer, whose id is the sender.")
told = Signal("The provider told us of a change in its organisation; `event` is the row of it.")
errand_done = Signal("Somebody has done what they were asked by a link; the sender is the errand.")
taken_over = Signal("A connection goes on with another login; `from_user` is whose it was.")
