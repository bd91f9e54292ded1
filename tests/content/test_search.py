"""Finding a guide by the words a reader has."""

from threading import Thread

import pytest

from tests.client import Client
from tests.content.desk import Desk


@pytest.fixture
def shelf(desk: Desk) -> Desk:
    """Three guides, each with its own words."""
    desk.guide(101, "connect", "Press the button.", title="Connect your organisation")
    desk.guide(
        102,
        "phone",
        "You need a code and <b>bold`</b>`.".replace("<b>bold`</b>`", "`<b>`"),
        title="Lost phone",
        keywords="[handset]",
    )
    desk.publish(103, "other", "The word organisation stands in the text here.", title="Other")
    return desk


def titles(client: Client, query: str) -> list[str]:
    found = client.get("/hc/search/suggest", query_string={"query": query}).json
    assert found is not None
    return [result["title"] for result in found["results"]]


def test_a_title_counts_more_than_a_text(shelf: Desk, client: Client) -> None:
    assert titles(client, "organisation") == ["Connect your organisation", "Other"]


@pytest.mark.parametrize(
    "query", ["organisations", "organis", "ORGANISATION", "conn", "connecting"]
)
def test_words_are_found_by_their_beginning_and_in_other_forms(
    shelf: Desk, client: Client, query: str
) -> None:
    assert titles(client, query)[0] == "Connect your organisation"


@pytest.mark.parametrize(
    ("title", "marked", "queries"),
    [
        (
            "Récupération des données",
            "Récupération",
            ["recup", "RÉCUP", "re\u0301cup", "recuperation donnees"],
        ),
        ("Verbindung überprüfen", "überprüfen", ["uberpr", "überpr", "u\u0308berpru\u0308"]),
        ("Große Straßen", "Straßen", ["strass", "STRASSEN"]),
        ("Σύνδεση οργανισμού", "Σύνδεση", ["συνδε", "σύνδε", "ΣΎΝΔΕΣΗ"]),
        ("İstanbul bağlantısı", "İstanbul", ["istan", "İstanbul", "baglantı"]),
        ("مُنَظَّمَة", "مُنَظَّمَة", ["منظمة", "مُنَظَّمَة"]),
        ("Kết nối tổ chức", "Kết", ["ket n", "kết n"]),
    ],
)
def test_words_are_found_with_and_without_their_accents(
    desk: Desk, client: Client, title: str, marked: str, queries: list[str]
) -> None:
    desk.publish(101, "first", "Text.", title=title)

    for query in queries:
        found = client.get("/hc/search/suggest", query_string={"query": query}).json
        assert found is not None
        assert [each["title"] for each in found["results"]] == [title], query
    page = client.get("/hc/en-gb/search", query_string={"query": queries[0]}).text
    assert f"<mark>{marked}</mark>" in page

    desk.publish(101, "first", "Text.", title="Other words")
    assert titles(client, queries[0]) == []


@pytest.mark.parametrize(
    ("title", "body", "queries", "marked"),
    [
        (
            "Xeroの組織を接続する方法",
            "管理者として接続ボタンを押してください。",
            ["接続", "組織", "xeroの組織", "ボタン", "接続の方法", "接続" * 100],
            "管理者として<mark>接続</mark>ボタンを押してください。",
        ),
        (
            "如何连接您的组织",
            "请点击连接按钮。",
            ["连接", "组织", "按"],
            "请点击<mark>连接</mark>按钮。",
        ),
        ("วิธีเชื่อมต่อองค์กร", "กดปุ่มเชื่อมต่อ", ["เชื่อมต่อ", "องค์กร"], "กดปุ่ม<mark>เชื่อมต่อ</mark>"),
        ("संगठन कनेक्ट करें", "यहाँ कनेक्ट बटन", ["कनेक्ट", "कने"], "यहाँ <mark>कनेक्ट</mark> बटन"),
    ],
)
def test_words_are_found_in_scripts_that_write_them_otherwise(
    desk: Desk, client: Client, title: str, body: str, queries: list[str], marked: str
) -> None:
    desk.publish(101, "first", body, title=title)
    desk.publish(102, "other", "Text 続接.", title="接 other")

    for query in queries:
        assert titles(client, query)[:1] == [title], query
    assert "\x05" not in client.get("/hc/search/suggest", query_string={"query": queries[0]}).text
    page = client.get("/hc/en-gb/search", query_string={"query": queries[0]}).text
    assert marked in page
    assert "\x05" not in page

    desk.publish(101, "first", "Text.", title="Other words")
    assert title not in titles(client, queries[0])


def test_what_was_meant_is_spelled_with_its_accents(desk: Desk, client: Client) -> None:
    desk.publish(101, "first", "Des données.", title="Récupération")

    page = client.get("/hc/en-gb/search", query_string={"query": "recuperatoin données"}).text

    assert "récupération données" in page
    assert "<mark>Récupération</mark>" in page


def test_keywords_are_found(shelf: Desk, client: Client) -> None:
    assert titles(client, "handset") == ["Lost phone"]


def test_all_words_come_before_any_word(shelf: Desk, client: Client) -> None:
    assert titles(client, "lost phone") == ["Lost phone"]
    assert titles(client, "phone nonsense") == ["Lost phone"]


def test_the_page_shows_where_the_words_stand(shelf: Desk, client: Client) -> None:
    page = client.get("/hc/en-gb/search?query=code").text

    assert "You need a <mark>code</mark> and &lt;b&gt;" in page


@pytest.mark.parametrize(
    "query",
    [
        '"', "'", '" OR 1', "*", "NEAR(a b)", "title:phone", "a AND", "NOT", "(", ")", "-phone", "^phone",
        "{title}: x", "phone\\", "%", "_", "<script>alert(1)</script>", "\u202e", "😀", "é" * 100, "a b " * 50,
        "guide MATCH", "; DROP TABLE guide",
    ],
)  # fmt: skip
def test_nothing_in_a_query_is_more_than_words(shelf: Desk, client: Client, query: str) -> None:
    page = client.get("/hc/en-gb/search", query_string={"query": query})

    assert page.status_code == 200
    assert "<script>alert" not in page.text
    titles(client, query)


@pytest.mark.parametrize(
    "query_string",
    [
        "query=a&query=b",
        f"query={'a' * 201}",
        "query=%00",
        "query=a%0d%0ab",
    ],
)
@pytest.mark.parametrize("path", ["/hc/en-gb/search", "/hc/search/suggest"])
def test_a_query_that_cannot_be_is_answered_in_words(
    client: Client, path: str, query_string: str
) -> None:
    response = client.get(f"{path}?{query_string}")

    assert response.status_code == 400
    assert "query" in response.text


@pytest.mark.parametrize("query", ["", "   ", "%FF%FE"])
def test_an_empty_query_offers_guides(shelf: Desk, client: Client, query: str) -> None:
    response = client.get(f"/hc/en-gb/search?query={query}")

    assert response.status_code == 200
    assert "/hc/en-gb/articles/101-connect" in response.text


def test_what_is_published_is_found_and_what_is_archived_is_not(
    shelf: Desk, client: Client
) -> None:
    assert titles(client, "zebra") == []

    shelf.publish(104, "zebra", "A zebra.", title="Zebra")
    found = titles(client, "zebra")
    shelf.publish(104, "zebra", "A horse.", title="Horse")
    renamed = titles(client, "zebra"), titles(client, "horse")
    shelf.folder.joinpath("en-gb/connecting/zebra.md").unlink()
    shelf.sync()

    assert found == ["Zebra"]
    assert renamed == ([], ["Horse"])
    assert titles(client, "horse") == []


def test_many_threads_search_at_once(shelf: Desk) -> None:
    failures: list[BaseException] = []

    def look() -> None:
        try:
            for _ in range(20):
                client = shelf.app.test_client()
                assert client.get("/hc/search/suggest?query=phone").status_code == 200
        except BaseException as error:  # noqa: B036 - told to the test below
            failures.append(error)

    threads = [Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
