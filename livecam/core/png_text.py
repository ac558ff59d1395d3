"""Read and write texts in a PNG, which every metadata viewer shows."""

import zlib
from collections.abc import Mapping
from typing import Final

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEADER_BYTES: Final = 25
XMP: Final = "XML:com.adobe.xmp"
"""The keyword under which a PNG carries an XMP packet."""


def add_png_texts(png: bytes, texts: Mapping[str, str]) -> bytes:
    """Return the same picture with these texts, by keyword, before its pixels.

    Raises:
        ValueError: It is not a PNG, or a keyword has not 1 to 79 letters of Latin-1.
    """
    at = len(_SIGNATURE) + _HEADER_BYTES
    if not png.startswith(_SIGNATURE) or len(png) < at:
        raise ValueError("the bytes are no PNG")
    return png[:at] + b"".join(_text(keyword, text) for keyword, text in texts.items()) + png[at:]


def read_png_texts(head: bytes) -> dict[str, str]:
    """Return the plain texts in the first bytes of a PNG by keyword.

    These are the ones before its pixels; other files have none.
    """
    found: dict[str, str] = {}
    at = len(_SIGNATURE)
    while head.startswith(_SIGNATURE) and at + 8 <= len(head):
        length, kind = int.from_bytes(head[at : at + 4], "big"), head[at + 4 : at + 8]
        if kind == b"IDAT":
            break
        keyword, _, text = head[at + 8 : at + 8 + length].partition(b"\0")
        if kind == b"tEXt":
            found[keyword.decode("latin-1")] = text.decode("latin-1")
        elif kind == b"iTXt" and text[:1] == b"\0":
            found[keyword.decode("latin-1")] = text[2:].split(b"\0", 2)[-1].decode("utf-8", "replace")
        at += 12 + length
    return found


def make_source_xmp(source: str) -> str:
    """Return an XMP packet that states IPTC's digital source type, a URI."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f'Iptc4xmpExt:DigitalSourceType="{source}"/></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )


def _text(keyword: str, text: str) -> bytes:
    """Return a tEXt chunk, which more programs read, or else an iTXt chunk.

    XMP and other than plain letters need iTXt: UTF-8, without a language.
    """
    name = keyword.encode("latin-1", "replace")
    if not 1 <= len(name) <= 79:
        raise ValueError(f"a keyword has 1 to 79 letters, got {keyword!r}")
    plain = keyword != XMP and text.isascii()
    body = (b"tEXt" + name + b"\0" if plain else b"iTXt" + name + b"\0\0\0\0\0") + text.encode()
    return (len(body) - 4).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
