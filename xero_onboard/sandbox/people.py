"""The people and organisations to practise with, as they are at the beginning."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5
from zlib import crc32

from flask import Flask
from sqlalchemy import Connection, MetaData, delete, select, text
from sqlalchemy.schema import CreateTable

from xero_onboard.sandbox import signing, totp
from xero_onboard.sandbox.models import Membership, Organisation, Person, SigningKey
from xero_onboard.sandbox.store import Base, store, write

# Printed on the log in page: there is nothing here to protect.
PASSWORD = "practice-xero"  # noqa: S105


@dataclass(frozen=True)
class _Organisation:
    name: str
    country_code: str
    currency: str
    timezone: str
    short_code: str


@dataclass(frozen=True)
class _Person:
    name: str
    about: str
    roles: dict[str, str]
    must_use_two_step: bool = False
    backup_email: str | None = None

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@practice.example"


_ORGANISATIONS = (
    _Organisation("Riley's Roastery", "NZ", "NZD", "NEWZEALANDSTANDARDTIME", "!Rl7y5"),
    _Organisation("Harbour Café Ltd", "GB", "GBP", "GMTSTANDARDTIME", "!Hb2cF"),
    _Organisation("Northside Builders Ltd", "GB", "GBP", "GMTSTANDARDTIME", "!Ns4bL"),
    _Organisation("Osei & Partners", "GB", "GBP", "GMTSTANDARDTIME", "!Os9pR"),
    _Organisation("Wattle Street Bakery", "AU", "AUD", "AUSEASTERNSTANDARDTIME", "!Ws3bK"),
)
ORGANISATION_NAMES = tuple(sorted(organisation.name for organisation in _ORGANISATIONS))

PEOPLE = (
    _Person(
        "Riley Reed",
        "Owns one small business in New Zealand. Has no two-step authentication yet and may put it off.",
        {"Riley's Roastery": "Standard"},
    ),
    _Person(
        "Amara Osei",
        "Accountant in the UK with three organisations. Uses an authenticator app, with a backup email.",
        {
            "Harbour Café Ltd": "Adviser",
            "Northside Builders Ltd": "Adviser",
            "Osei & Partners": "Adviser",
        },
        backup_email="amara.backup@practice.example",
    ),
    _Person(
        "Casey Nguyen",
        "Owns a business in Australia. Must set up two-step authentication before going on.",
        {"Wattle Street Bakery": "Standard"},
        must_use_two_step=True,
    ),
    _Person(
        "Robin Patel",
        "May only read one organisation, and so may not let an app into it.",
        {"Harbour Café Ltd": "Read only"},
    ),
)


def prepare(app: Flask) -> None:
    """Make the store ready; several processes may do so at once, and the first one does the work."""
    with app.app_context():
        write()
        connection = store.session.connection()
        version = _version_of_models()
        if connection.execute(text("PRAGMA user_version")).scalar() != version:
            _drop_everything(connection)
            Base.metadata.create_all(connection)
            connection.execute(text(f"PRAGMA user_version = {version}"))
            store.session.add(signing.new_key())
            _introduce_everybody()
        store.session.commit()


def start_again() -> None:
    """Forget everything that was done, and introduce everybody anew."""
    for table in reversed(Base.metadata.sorted_tables):
        if table.name != SigningKey.__tablename__:
            store.session.execute(delete(table))
    store.session.expunge_all()
    signing.forget_old_keys()
    _introduce_everybody()


def put_back() -> None:
    """Roles, names and conditions as at the beginning; what was done and connected since stays."""
    for organisation in _ORGANISATIONS:
        row = store.session.get_one(Organisation, _id_of(organisation.name))
        row.name, row.condition, row.has_two_uncertified_apps = organisation.name, "ordinary", False
    store.session.execute(delete(Membership))
    store.session.expire_all()
    for person in PEOPLE:
        store.session.add_all(_memberships(person, _id_of(person.email)))


def everybody() -> list[Person]:
    """The people, in the order of their introduction."""
    order = [person.email for person in PEOPLE]
    return sorted(
        store.session.scalars(select(Person)), key=lambda person: order.index(person.email)
    )


def find(email: str) -> Person | None:
    """The person who logs in with this address."""
    return store.session.scalar(select(Person).where(Person.email == email.lower()))


def _introduce_everybody() -> None:
    began = datetime(2019, 4, 1, 9, 30, tzinfo=UTC)
    for organisation in _ORGANISATIONS:
        store.session.add(
            Organisation(id=_id_of(organisation.name), created_at=began, **vars(organisation))
        )
    store.session.flush()
    for person in PEOPLE:
        _introduce(person)
    store.session.flush()


def _introduce(person: _Person) -> None:
    given_name, family_name = person.name.split()
    store.session.add(
        Person(
            id=_id_of(person.email),
            email=person.email,
            given_name=given_name,
            family_name=family_name,
            about=person.about,
            must_use_two_step=person.must_use_two_step,
            authenticator_key=totp.new_key() if person.backup_email else None,
            backup_email=person.backup_email,
        )
    )
    store.session.add_all(_memberships(person, _id_of(person.email)))


def _memberships(person: _Person, person_id: UUID) -> list[Membership]:
    return [
        Membership(person_id=person_id, organisation_id=_id_of(name), position=position, role=role)
        for position, (name, role) in enumerate(person.roles.items())
    ]


def _id_of(name: str) -> UUID:
    """The same at every beginning, so that an app knows a person again after starting again."""
    return uuid5(NAMESPACE_URL, f"https://practice.example/{name}")


def _version_of_models() -> int:
    """Changes with any table, so that an old file is emptied instead of misread."""
    tables = (str(CreateTable(table)) for table in Base.metadata.sorted_tables)
    return crc32("".join(tables).encode()) & 0x7FFFFFFF


def _drop_everything(connection: Connection) -> None:
    found = MetaData()
    found.reflect(connection)
    found.drop_all(connection)
