"""The encoding of a text, from all of its bytes: a header in ASCII says nothing about the rows below it."""

import re

import pyarrow as pa

from flows.files.source import SourceFile

#: Byte-order marks -> encoding. GB18030 has one, too, and some editors write it.
MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\x84\x31\x95\x33", "gb18030"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
#: Different Han characters that stand well-formed in UTF-8 before bytes that are none prove that the text is UTF-8 and
#: damaged: GB18030 read as UTF-8 breaks off within a few characters, and nearly never gives one of three bytes.
PROOF = 8
SAMPLE = 1 << 20
#: So many of them before or behind such bytes prove it as well, where most bytes beyond ASCII are theirs: in GB18030 one character in a
#: hundred looks like one.
FEW = 4
#: Characters of two bytes in UTF-8 that stand in these extracts where no Han character does: in names, and in place of an X.
#: Others of two bytes, and no Han character in the whole text, are Han characters of GB18030: 小学 is well-formed UTF-8 (Сѧ).
LONELY = frozenset("·×ΧχХх\xa0\xad")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]")
_WIDE = re.compile(b"[\xe0-\xff]")
#: A Han character, a kana or a full-width form in UTF-8.
_THREE_BYTES = re.compile(b"[\xe2-\xe9\xef][\x80-\xbf]{2}")
_ASCII = bytes(range(0x80))
_HAN = re.compile("[\u2e80-\u9fff]")


def mark(head: bytes) -> tuple[str, int]:
    """The encoding that a byte-order mark names and the mark's length; else UTF-16 by its NUL bytes; else nothing."""
    for bytes_, encoding in MARKS:
        if head.startswith(bytes_):
            return encoding, len(bytes_)
    even, odd = head[0::2].count(0), head[1::2].count(0)
    # digits, commas and line ends of UTF-16 have a NUL as their high byte; few characters (一 is U+4E00) have one as their low
    if odd > 8 * even and odd * 20 > len(head):
        return "utf-16-le", 0
    if even > 8 * odd and even * 20 > len(head):
        return "utf-16-be", 0
    return "", 0


class Detector:
    """Told the bytes of a text block by block, in their order, each ending with a whole character; ``encoding`` is what
    they show so far. ``is_decided``: nothing that follows can change it."""

    def __init__(self, source: SourceFile):
        self.source, self.encoding, self.is_decided = source, "utf-8", False
        self.han: set[str] = set()
        self.narrow: set[str] = set()
        self.has_wide = False

    @property
    def is_certain(self) -> bool:
        """Nothing that follows can change the encoding any more: it would be an error."""
        return self.is_decided or len(self.han) >= PROOF

    def decide(self, encoding: str) -> None:
        self.encoding, self.is_decided = encoding, True

    def tell(self, block: bytes, offset: int) -> None:
        """``block``: from byte ``offset``; where ``encoding`` is UTF-16, turned to UTF-8 by the caller.

        Raises UnreadableFile at a NUL, and at bytes that are not UTF-8 behind others that can be nothing else. Whether
        GB18030 is well-formed is seen where it is decoded, by whoever reads the part.
        """
        if (nul := block.find(b"\x00")) >= 0:
            raise self.source.unreadable(f"a NUL byte at byte {offset + nul}", "CSV text")
        if self.encoding != "utf-8" or block.isascii():
            return
        place = len(block) if is_utf8(block) else _utf8_error(block)
        if len(self.han) < PROOF:
            self.han.update(_HAN.findall(block[:place][-SAMPLE:].decode(errors="ignore")))
        if place == len(block):
            self._note_widths(block)
            return
        if self.is_certain or _is_damaged_utf8(block):
            raise self.source.unreadable(f"byte {offset + place} is not UTF-8, as the text around it is", "text in one encoding")
        self.decide("gb18030")

    def _note_widths(self, block: bytes) -> None:
        self.has_wide = self.has_wide or _WIDE.search(block) is not None
        if not self.has_wide:
            self.narrow.update(_BEYOND_ASCII.findall(block.decode()))

    def settle(self) -> None:
        """All has been told: what could be either is decided."""
        if not (self.is_decided or self.has_wide or self.narrow <= LONELY):
            self.decide("gb18030")


def is_utf8(block: bytes) -> bool:
    """Four times as fast as decoding."""
    try:
        pa.array([block], pa.large_binary()).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _is_damaged_utf8(block: bytes) -> bool:
    """Whether a block that is not UTF-8 is nothing else, either: a name cut off within a character, and all others whole."""
    wide = _THREE_BYTES.findall(block)
    return len({*wide}) >= FEW and 2 * 3 * len(wide) > len(block.translate(None, _ASCII))


def _utf8_error(block: bytes) -> int:
    """The place of the first byte that is not UTF-8."""
    try:
        block.decode()
    except UnicodeDecodeError as error:
        return error.start
    return len(block)
