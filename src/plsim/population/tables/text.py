"""The text of one file: which encoding its bytes are in, and what stands between its cells.

UTF-8 with and without a mark, UTF-16 with a mark, and the text of older Windows and Macintosh programs are read. What
is none of these is refused with the way to save it anew.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from plsim.core.errors import PopulationError
from plsim.population.tables.sources import TableFile

_BLOCK = 1 << 20
_SAVE = "Save it in the spreadsheet as 'CSV UTF-8 (comma delimited)'"
_MARKS = {
    b"PK\x03\x04": ("is an Excel workbook or a zip, whatever its name says", _SAVE),
    b"\xd0\xcf\x11\xe0": ("is an old Excel workbook, whatever its name says", _SAVE),
    b"\x1f\x8b": ("is packed with gzip", "Unpack it"),
    b"%PDF": ("is a PDF", "Ask for the CSV"),
    codecs.BOM_UTF32_LE: ("is UTF-32 text", _SAVE),  # first: it begins like UTF-16
    codecs.BOM_UTF32_BE: ("is UTF-32 text", _SAVE),
}
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# Bytes above 127 inside or at the end of a word of small letters, and at the start of one.
_INSIDE = re.compile(rb"(?<=[a-z])([\x80-\xff])(?=[a-z,;|\t\"\r\n ])")
_AT_START = re.compile(rb"(?<=[,;|\t\" ])([\x80-\xff])(?=[a-z])")
_APOSTROPHES = frozenset({b"\x91", b"\x92"})
"""In Windows an apostrophe, which stands inside words too; on the Macintosh a letter."""
_UNDEFINED = frozenset(b"\x81\x8d\x8f\x90\x9d")
"""Bytes that stand for nothing in cp1252."""
_MOST_SEEN = 10_000

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_LINE_END = re.compile(r"\r\n|\r|\n")
_SEPARATOR_LINE = re.compile(r'\ufeff?"?sep=(.)"?\s*', re.IGNORECASE)


@dataclass(frozen=True)
class TextFormat:
    """How a file is written.

    Attributes
    ----------
    encoding
        As Python calls it.
    delimiter
        What stands between cells.
    has_separator_line
        Whether the first line is ``sep=``, which tells a spreadsheet the delimiter.
    remark
        What is unusual about it; empty for UTF-8 with commas.
    """

    encoding: str
    delimiter: str = ","
    has_separator_line: bool = False
    remark: str = ""


def text_of(file: TableFile) -> TextFormat:
    """How a file is written; anything that is not a table of text is refused."""
    encoding = _encoding(file)
    with file.open() as stream:
        start = stream.read(1 << 16).decode(encoding, errors="replace")
    first, *rest = _LINE_END.split(start.lstrip("\ufeff"), maxsplit=1)
    says = _SEPARATOR_LINE.fullmatch(first)
    if says is not None:
        delimiter = says[1]
    else:
        delimiter = max(DELIMITERS, key=first.count) if any(map(first.count, DELIMITERS)) else ","
    between = f"with {_name(delimiter)} between cells" if delimiter != "," else ""
    remarks = (_ENCODING_REMARKS.get(encoding, ""), between)
    return TextFormat(encoding, delimiter, says is not None and bool(rest), ", ".join(filter(None, remarks)))


_ENCODING_REMARKS = {
    "cp1252": "not UTF-8, so read as old Windows text (cp1252)",
    "mac_roman": "not UTF-8, so read as old Macintosh text",
    "utf-16": "UTF-16 text",
}


def _name(delimiter: str) -> str:
    return DELIMITERS.get(delimiter, repr(delimiter))


def _encoding(file: TableFile) -> str:
    """UTF-8, UTF-16 with a mark, or the text of older programs."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf_8 = True
    with file.open() as stream:
        block = stream.read(_BLOCK)
        for mark, (problem, fix) in _MARKS.items():
            if block.startswith(mark):
                raise PopulationError(file.name, "", problem, allowed="CSV", fix=fix)
        if block.startswith(_UTF_16):
            return _checked_utf_16(file)
        while block:
            if b"\0" in block:
                raise PopulationError(file.name, "", "is not text", allowed="CSV", fix=_SAVE)
            if is_utf_8:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    is_utf_8 = False
            block = stream.read(_BLOCK)
    if not is_utf_8:
        return _old_encoding(file)
    if decoder.getstate()[0]:
        raise PopulationError(file.name, "", "ends inside a letter", allowed="CSV", fix="The file may be cut off")
    return "utf-8-sig"


def _checked_utf_16(file: TableFile) -> str:
    decoder = codecs.getincrementaldecoder("utf-16")()
    with file.open() as stream:
        try:
            while block := stream.read(_BLOCK):
                if "\0" in decoder.decode(block):
                    raise PopulationError(file.name, "", "is not text", allowed="CSV", fix=_SAVE)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            problem = "begins as UTF-16 text and does not go on so"
            raise PopulationError(file.name, "", problem, allowed="CSV", fix=_SAVE) from None
    return "utf-16"


def _old_encoding(file: TableFile) -> str:
    """The text of older Windows or Macintosh programs: whichever makes plausible letters of the bytes in words.

    Inside a word of small letters a small letter is plausible, at its start a capital. What is a small letter in one of
    the two encodings is a sign or a capital in the other. Where both are found, it is neither.
    """
    votes = {"cp1252": 0, "mac_roman": 0}
    undefined = ""
    with file.open() as stream:
        for row, line in enumerate(stream, start=1):
            if line.isascii():
                continue
            if not undefined and not _UNDEFINED.isdisjoint(line):
                undefined = "header" if row == 1 else f"row {row}"
            for pattern, plausible in ((_INSIDE, str.islower), (_AT_START, str.isupper)):
                for byte in pattern.findall(line):
                    found = [name for name in votes if plausible(byte.decode(name, errors="replace"))]
                    if len(found) == 1 and byte not in _APOSTROPHES:
                        votes[found[0]] += 1
            if sum(votes.values()) > _MOST_SEEN:
                break
    if votes["mac_roman"] > 9 * votes["cp1252"]:
        return "mac_roman"
    if undefined:
        raise PopulationError(file.name, undefined, "is not text", allowed="CSV, as UTF-8", fix=_SAVE)
    if votes["mac_roman"] and votes["cp1252"] <= 9 * votes["mac_roman"]:
        problem = "mixes the letters of different encodings"
        raise PopulationError(file.name, "", problem, allowed="CSV, as UTF-8", fix=_SAVE)
    return "cp1252"
