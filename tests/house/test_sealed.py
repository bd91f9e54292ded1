"""What is sealed is known by its name, so that no column is forgotten when keys change."""

from flask import Flask

from xero_onboard.lib import sealed
from xero_onboard.lib.db import Base

# Each key has a proof of its own, which no other key is to seal.
PROOF = "vault_key_proof.sealed"


def test_every_sealed_column_is_checked_and_sealed_anew(app: Flask) -> None:
    named = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name == "sealed" or column.name.endswith("_sealed")
    }

    assert set(sealed.columns()) == named - {PROOF}
