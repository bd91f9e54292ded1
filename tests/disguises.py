"""Addresses of another site, written so that a careless check takes them for pages of ours."""

DISGUISES = (
    *("https://evil.example", "//evil.example", "/\\evil.example", "////evil.example"),
    *("http:\\\\evil.example", "\\\\evil.example", "/%5Cevil.example", "/\t/evil.example"),
    *("javascript:alert(1)", "data:text/html,x", "/hc/en-gb/articles/1?next=//evil.example"),
    *("/connect/../..//evil.example", "https:evil.example", "/.evil.example"),
    *("/@evil.example", " //evil.example"),
)
