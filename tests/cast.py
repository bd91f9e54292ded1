"""The people of the tests, so that every permission test reads as a story.

Riley reads. Casey is a customer with a connection. Dana is a customer of somebody else and must see
nothing of Casey's.
"""

from xero_onboard.lib.reader import Identity

ISSUER = "https://identity.test"

CASEY = Identity(ISSUER, "casey-at-the-provider", "casey@example.com", "Casey Nguyen")
DANA = Identity(ISSUER, "dana-at-the-provider", "dana@example.com", "Dana Whitfield")
