"""Picture files of every kind, honest and hostile (row F4)."""

from io import BytesIO
from struct import pack
from zlib import compress, crc32

from PIL import Image, PngImagePlugin

CANARY = b"canary-of-the-file"


def encoded(kind: str, size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def with_place() -> bytes:
    """A photograph that says where it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = CANARY.decode()
    exif.get_ifd(0x8825)[1] = "S"
    return encoded("JPEG", exif=exif, comment=CANARY)


def with_notes() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", CANARY.decode())
    return encoded("PNG", pnginfo=notes) + b"<script>alert(1)</script>" + CANARY


def bomb(width: int, height: int) -> bytes:
    """A small file that says it is a huge picture."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", crc32(kind + body))

    head = pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = compress(b"\0" * min((width // 8 + 1) * height, 20_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def gif(frames: int) -> bytes:
    out = BytesIO()
    sheets = [Image.new("P", (8, 8), number % 256) for number in range(frames)]
    sheets[0].save(out, "GIF", save_all=True, append_images=sheets[1:])
    return out.getvalue()


TAKEN = {
    "PNG": (encoded("PNG"), "png"),
    "JPEG": (encoded("JPEG"), "jpeg"),
    "WebP": (encoded("WEBP"), "jpeg"),
    "GIF of 2,000 pictures": (gif(2000), "png"),
    "JPEG with the place": (with_place(), "jpeg"),
    "PNG with notes and a page behind it": (with_notes(), "png"),
    "CMYK": (Image.new("CMYK", (9, 9)), "jpeg"),
    "grey": (Image.new("L", (9, 9)), "png"),
    "16 bits": (Image.new("I;16", (9, 9)), "png"),
    "with holes": (Image.new("RGBA", (9, 9)), "png"),
    "very wide": (encoded("PNG", (9000, 3)), "png"),
}
REFUSED = {
    "nothing": b"",
    "text": b"no picture",
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "HTML": b"<!doctype html><script>alert(1)</script>",
    "HTML that begins like a GIF": b"GIF89a/*<script>*/=1;alert(1)",
    "TIFF": encoded("TIFF"),
    "BMP": encoded("BMP"),
    "ICO": encoded("ICO", (32, 32)),
    "PDF": encoded("PDF"),
    "EPS": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "cut off": encoded("JPEG", (600, 400))[:400],
    "PNG cut off": encoded("PNG", (600, 400))[:60],
    "only the head of a PNG": b"\x89PNG\r\n\x1a\n",
    "bomb": bomb(12_000, 12_000),
    "larger bomb": bomb(2_000_000_000, 2_000_000_000),
    "no points": bomb(0, 0),
    "JPEG of nothing but padding": b"\xff\xd8" + b"\xff" * 5000,
    "ZIP": b"PK\x03\x04" + b"\0" * 100,
    "too many bytes": encoded("PNG") + b"\0" * (5 * 1024 * 1024),
}


def as_bytes(given: bytes | Image.Image, kind: str) -> bytes:
    if isinstance(given, bytes):
        return given
    out = BytesIO()
    given.save(out, "JPEG" if kind == "jpeg" else "PNG")
    return out.getvalue()
