"""Every setting is documented, and an unsafe one stops the start by name."""

import ast
import re
import socket
import stat
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

import pytest

from xero_onboard.config import ROOT, SandboxSettings, Settings, UnsafeSettingError

README = ROOT / "README.md"
PRODUCTION = {
    "INSTANCE_DIR": "/nonexistent/instance",
    "ENVIRONMENT": "production",
    "PUBLIC_ORIGIN": "https://help.example.com",
    "SECRET_KEY": "kq3-vTz8_HfLx2pWc9RbNs6YdAe1Mg0J",
    "VAULT_KEYS": f"k1:{b64encode(bytes(range(32))).decode()}",
    "XERO_CLIENT_ID": "0123456789ABCDEF0123456789ABCDEF",
    "XERO_CLIENT_SECRET": "a-secret-of-the-app-at-xero",
    "MAIL_URL": "smtp://help:p%40ss-of-mail@mail.example.com:587",
}


def test_every_setting_stands_in_the_readme() -> None:
    assert settings_in_code() == settings_in_readme()


def test_the_defaults_in_the_readme_are_those_of_the_code(tmp_path: Path) -> None:
    settings = Settings.from_environ({"INSTANCE_DIR": str(tmp_path / "instance")})

    real = {"XERO_CLIENT_ID": "of-an-app", "XERO_CLIENT_SECRET": "a-secret"}
    xero = Settings.from_environ({"INSTANCE_DIR": str(tmp_path / "instance"), **real}).xero
    in_code = {
        "ENVIRONMENT": settings.environment,
        "PUBLIC_ORIGIN": settings.public_origin.replace("8000", "<PORT>"),
        "PORT": str(settings.port),
        "SANDBOX_PORT": str(settings.sandbox_port),
        "CONTENT_DIR": f"{settings.content.relative_to(ROOT)}/",
        "LANGUAGES": " ".join(settings.languages),
        "TRANSLATIONS_DIR": f"{settings.translations.relative_to(ROOT)}/",
        "PRODUCT_NAME": settings.product_name,
        "VOTES_SHOWN_FROM": str(settings.votes_shown_from),
        "ASSISTANTS": "on" if settings.has_assistants else "off",
        "SUPPORT_EMAIL": settings.support_email,
        "XERO_SCOPES": " ".join(xero.scopes),
        "XERO_IDENTITY_URL": xero.identity_url,
        "XERO_LOGIN_URL": xero.login_url,
        "XERO_API_URL": xero.api_url,
    }

    table = re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", README.read_text(), re.MULTILINE)
    assert {name: value for name, value in table if name in in_code} == in_code


def test_a_complete_production_configuration_is_accepted() -> None:
    settings = Settings.from_environ(PRODUCTION)

    assert settings.is_production
    assert not settings.xero.is_sandbox


@pytest.mark.parametrize(
    "name",
    [
        *("PUBLIC_ORIGIN", "SECRET_KEY", "VAULT_KEYS", "XERO_CLIENT_ID", "XERO_CLIENT_SECRET"),
        "MAIL_URL",
    ],
)
def test_production_does_not_start_without(name: str) -> None:
    environ = {key: value for key, value in PRODUCTION.items() if key != name}

    with pytest.raises(UnsafeSettingError, match=name):
        Settings.from_environ(environ)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", "staging"),
        ("PUBLIC_ORIGIN", "http://help.example.com"),
        ("PUBLIC_ORIGIN", "https://help.example.com/path"),
        ("PUBLIC_ORIGIN", "http://127.0.0.1:8000"),
        ("PUBLIC_ORIGIN", "https://user:word@help.example.com"),
        ("PUBLIC_ORIGIN", "https://help.example.com#part"),
        ("PUBLIC_ORIGIN", "https://help.example.com:99999"),
        ("PUBLIC_ORIGIN", "https://[::1"),
        ("PUBLIC_ORIGIN", "https://*.example.com"),
        ("PUBLIC_ORIGIN", "https://127.0.0.1"),
        ("PUBLIC_ORIGIN", "https://[::1]:8443"),
        ("SANDBOX_PORT", "8000"),
        ("VAULT_KEYS", "k1:ключ"),
        ("PORT", "9" * 5000),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 64),
        ("VAULT_KEYS", "k1:not-base64"),
        ("VAULT_KEYS", "k1:c2hvcnQ="),
        ("VAULT_KEYS", f"{PRODUCTION['VAULT_KEYS']},{PRODUCTION['VAULT_KEYS']}"),
        ("XERO_SCOPES", "openid,offline_access"),
        ("XERO_SCOPES", "openid profile"),
        ("XERO_IDENTITY_URL", "http://identity.xero.com"),
        ("XERO_CLIENT_ID", "PRACTICE00000000000000000000CAFE"),
        ("DATABASE_URL", "mysql://root@localhost/site"),
        ("PORT", "eighty"),
        ("INSTALLATION", "pro duction"),
        ("PORT", "70000"),
        ("VOTES_SHOWN_FROM", "-1"),
        ("VOTES_SHOWN_FROM", "many"),
        ("ASSISTANTS", "chatgpt"),
        ("EMBED_ORIGINS", "http://app.example.com"),
        ("EMBED_ORIGINS", "http://localhost:3000"),
        ("EMBED_ORIGINS", "https://*.example.com"),
        ("EMBED_ORIGINS", "https://app.example.com/path"),
        ("EMBED_ORIGINS", "https://app.example.com,https://b.example.com"),
        ("EMBED_ORIGINS", "https://app.example.com; script-src *"),
        ("EMBED_ORIGINS", "*"),
        ("EMBED_ORIGINS", "app.example.com"),
        ("EMBED_ORIGINS", "'self'"),
        ("FLASK_DEBUG", "1"),
        ("AUTHLIB_INSECURE_TRANSPORT", "1"),
        ("LOGIN_DISABLED", "true"),
        ("TESTING", "true"),
    ],
)
def test_production_does_not_start_with(name: str, value: str) -> None:
    with pytest.raises(UnsafeSettingError, match=name):
        Settings.from_environ(PRODUCTION | {name: value})


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("https://Help.Example.com:443/", "https://help.example.com"),
        ("https://help.example.com:8443", "https://help.example.com:8443"),
    ],
)
def test_the_origin_is_kept_as_browsers_write_it(given: str, written: str) -> None:
    assert Settings.from_environ(PRODUCTION | {"PUBLIC_ORIGIN": given}).public_origin == written


@pytest.mark.parametrize("name", ["https://app.example.com", "http://localhost:3000"])
def test_in_development_an_app_on_this_machine_may_show_guides(tmp_path: Path, name: str) -> None:
    here = {"INSTANCE_DIR": str(tmp_path / "instance")}

    assert Settings.from_environ(here | {"EMBED_ORIGINS": f" {name}/ "}).embed_origins == (name,)
    for other in ("http://app.example.com", "http://127.0.0.1:3000", "http://localhost"):
        with pytest.raises(UnsafeSettingError, match="EMBED_ORIGINS"):
            Settings.from_environ(here | {"EMBED_ORIGINS": other})


def test_videos_are_of_hosts_that_are_named_in_full_and_never_of_this_site(tmp_path: Path) -> None:
    here = {"INSTANCE_DIR": str(tmp_path / "instance"), "PUBLIC_ORIGIN": "https://help.example.com"}

    assert "player.vimeo.com" in Settings.from_environ(here).video_hosts
    assert Settings.from_environ(here | {"VIDEO_HOSTS": "none"}).video_hosts == ()
    named = Settings.from_environ(here | {"VIDEO_HOSTS": " V.example.com  w.example.com "})
    assert named.video_hosts == ("v.example.com", "w.example.com")
    for wrong in (
        "https://v.example.com",
        "*.example.com",
        "v.example.com:8443",
        "a;b",
        "none a.b",
    ):
        with pytest.raises(UnsafeSettingError, match="VIDEO_HOSTS"):
            Settings.from_environ(here | {"VIDEO_HOSTS": wrong})
    with pytest.raises(
        UnsafeSettingError, match="VIDEO_HOSTS: help.example.com is this site itself"
    ):
        Settings.from_environ(here | {"VIDEO_HOSTS": "help.example.com"})


def test_production_does_not_start_with_a_database_others_may_read(tmp_path: Path) -> None:
    database = tmp_path / "site.db"
    database.touch()
    database.chmod(0o644)

    with pytest.raises(UnsafeSettingError, match="DATABASE_URL"):
        Settings.from_environ(PRODUCTION | {"DATABASE_URL": f"sqlite:///{database}"})


def test_production_does_not_start_where_others_may_read(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    instance.chmod(0o755)

    with pytest.raises(UnsafeSettingError, match="INSTANCE_DIR"):
        Settings.from_environ(PRODUCTION | {"INSTANCE_DIR": str(instance)})


@pytest.mark.parametrize("name", ["SECRET_KEY", "VAULT_KEYS", "MAIL_URL"])
def test_the_process_ends_and_names_the_setting(name: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    environ = {**PRODUCTION, name: "short", "INSTANCE_DIR": str(tmp_path / "instance")}
    environ["PORT"] = port

    ended = start(environ)

    assert ended.returncode == 1
    assert f"Cannot start. {name}:" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_busy_port_is_named_with_the_variable_that_moves_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        environ = {"PORT": str(port), "INSTANCE_DIR": str(tmp_path / "instance")}
        ended = start(environ)

    assert ended.returncode == 1
    assert f"Port {port} is in use" in ended.stderr
    assert "PORT=" in ended.stderr


def test_the_sandbox_does_not_start_in_production() -> None:
    """Row A11."""
    with pytest.raises(UnsafeSettingError, match="ENVIRONMENT"):
        SandboxSettings.from_environ(PRODUCTION)


REAL = "https://identity.xero.com"
OTHER = "https://identity.example.com"


@pytest.mark.parametrize("port", ["8001", "9001"])
@pytest.mark.parametrize("own_app", [True, False], ids=["own-app", "no-app"])
@pytest.mark.parametrize("environment", ["development", "production"])
@pytest.mark.parametrize(
    "issuer",
    [
        *("", REAL, OTHER, "https://localhost:9443"),
        *("http://localhost:{port}", "https://localhost:{port}"),
    ],
)
def test_the_sandbox_and_the_real_xero_never_pass_for_each_other(
    environment: str, issuer: str, port: str, own_app: bool, tmp_path: Path
) -> None:
    """Row A11: the environment, the app at Xero, the issuer and the sandbox's port in every combination."""
    issuer = issuer.format(port=port)
    environ = {**PRODUCTION, "ENVIRONMENT": environment, "INSTANCE_DIR": str(tmp_path / "instance")}
    environ |= {"SANDBOX_PORT": port, "XERO_IDENTITY_URL": issuer}
    if not own_app:
        environ |= {"XERO_CLIENT_ID": "", "XERO_CLIENT_SECRET": ""}

    real = own_app and issuer in ("", REAL, OTHER)
    # A developer may put something of their own in Xero's place, but never call the sandbox live.
    stand_in = own_app and environment == "development" and issuer == "https://localhost:9443"
    practice = (
        not own_app and environment == "development" and issuer in ("", f"http://localhost:{port}")
    )
    if real or stand_in:
        xero = Settings.from_environ(environ).xero
        assert (xero.is_sandbox, xero.identity_url) == (False, issuer or REAL)
    elif practice:
        xero = Settings.from_environ(environ).xero
        assert (xero.is_sandbox, xero.identity_url) == (True, f"http://localhost:{port}")
    else:
        with pytest.raises(UnsafeSettingError, match="XERO_"):
            Settings.from_environ(environ)


def test_development_makes_its_secrets_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    environ = {"INSTANCE_DIR": str(tmp_path / "instance")}

    first = Settings.from_environ(environ)
    second = Settings.from_environ(environ)

    assert first.secret_key == second.secret_key
    assert first.vault_keys == second.vault_keys
    assert mode_of(tmp_path / "instance" / "secrets.env") == 0o600
    assert mode_of(tmp_path / "instance") == 0o700


def test_settings_never_print_their_secrets() -> None:
    settings = Settings.from_environ(PRODUCTION)

    shown = repr(settings) + repr(settings.xero) + repr(settings.vault_keys)

    assert PRODUCTION["SECRET_KEY"] not in shown
    assert PRODUCTION["XERO_CLIENT_SECRET"] not in shown
    assert PRODUCTION["VAULT_KEYS"].partition(":")[2] not in shown
    assert "ss-of-mail" not in shown


def start(environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Start everything as `make run` does, where it is expected to refuse."""
    return subprocess.run(  # noqa: S603
        [sys.executable, str(ROOT / "app.py")],
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def settings_in_code() -> set[str]:
    """Every name that is looked up: an upper-case string handed to a call or a subscript in `config`."""
    files = (ROOT / "xero_onboard" / "config").glob("*.py")
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text()))]
    handed = [node.args[0] for node in nodes if isinstance(node, ast.Call) and node.args]
    handed += [node.slice for node in nodes if isinstance(node, ast.Subscript)]
    names = {node.value for node in handed if isinstance(node, ast.Constant)}
    settings = {
        name for name in names if isinstance(name, str) and re.fullmatch(r"[A-Z_]{4,}", name)
    }
    # Generated beside the others, and never set by a person.
    return settings - {"SANDBOX_CLIENT_SECRET"}


def settings_in_readme() -> set[str]:
    """The first cell of every row of the table of settings."""
    return set(re.findall(r"^\| `([A-Z_]+)` \|", README.read_text(), re.MULTILINE))


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    "place",
    [
        *("localhost", "LOCALHOST", "localhost.", "127.0.0.1", "127.0.0.2", "127.255.0.1."),
        *("0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]"),  # noqa: S104
    ],
)
@pytest.mark.parametrize("name", ["XERO_IDENTITY_URL", "XERO_LOGIN_URL", "XERO_API_URL"])
def test_the_sandbox_is_known_however_its_host_is_written(
    tmp_path: Path, name: str, place: str
) -> None:
    """Row A11: the same machine has many names, and a default port need not be written."""
    app = {"XERO_CLIENT_ID": "of-an-app", "XERO_CLIENT_SECRET": "a-secret"}
    here = {"INSTANCE_DIR": str(tmp_path / "instance"), **app}
    wrong = [
        here | {name: f"http://{place}:8001"},
        here | {name: f"http://{place}:8001/path"},
        here | {name: f"http://{place}", "SANDBOX_PORT": "80"},
        PRODUCTION | {name: f"https://{place}:9"},
    ]

    for environ in wrong:
        with pytest.raises(UnsafeSettingError, match=f"{name}: .* is not Xero"):
            Settings.from_environ(environ)
    # In development something of one's own may stand in Xero's place.
    Settings.from_environ(here | {name: f"http://{place}:8002"})
