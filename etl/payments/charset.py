"""In which encoding the text of a payment file is, found from its bytes.

Seen in council files: UTF-8 with and without a mark, cp1252 (£ is 0xA3), UTF-16, Mac Roman (bare-CR files of Excel for
Mac: the apostrophe is 0xD5, the hard space 0xCA), MS-DOS cp850 (£ is 0x9C, which cp1252 shows as œ: Bexley, Havering), and
UTF-8 with £ in cp1252 in between (Newham).
"""

import re

from etl.errors import NotRecognised

MARKS = {
    b"\xef\xbb\xbf": "utf-8",
    b"\xff\xfe\x00\x00": "utf-32-le",
    b"\x00\x00\xfe\xff": "utf-32-be",
    b"\xff\xfe": "utf-16-le",
    b"\xfe\xff": "utf-16-be",
}
# Of equals the first is taken.
SINGLE_BYTE = ("cp1252", "mac_roman", "cp850")
SAMPLE = 65_536
MOST_PLACES = 5_000
HIGH = re.compile(rb"[\x00-\x7f]?[\x80-\xff]+[\x00-\x7f]?")
# where UTF-16 has a zero byte for every letter of English, this share of them has to be zero
ZERO_SHARE = 0.3
PUNCTUATION = "’‘“”–—…•"


def find_text(data: bytes, *, is_head: bool = False) -> tuple[str, str]:
    """The text without a mark of byte order, and the encoding it was in.

    `is_head`: whether the data may stop in the middle of a letter. Raises NotRecognised for what is no text.
    """
    for mark, encoding in MARKS.items():
        # two zero bytes after the mark of UTF-16 are no text, so they tell UTF-32
        if data.startswith(mark):
            body = data[len(mark) :]
            if encoding != "utf-8":
                return _decode_wide(body, encoding, is_head=is_head), encoding
            return _decode_narrow(body, is_head=is_head, has_mark=True)
    if encoding := _find_wide(data[:SAMPLE]):
        return _decode_wide(data, encoding, is_head=is_head), encoding
    if b"\0" in data:
        raise NotRecognised(
            "The file is no text and no workbook: it holds zero bytes. Get it again from its publisher."
        )
    return _decode_narrow(data, is_head=is_head, has_mark=False)


def _find_wide(sample: bytes) -> str:
    """UTF-16 without a mark: every other byte of most text is zero."""
    half = len(sample) // 2
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if half and odd > ZERO_SHARE * half and not even:
        return "utf-16-le"
    if half and even > ZERO_SHARE * half and not odd:
        return "utf-16-be"
    return ""


def _decode_wide(body: bytes, encoding: str, *, is_head: bool) -> str:
    try:
        return body.decode(encoding, errors="ignore" if is_head else "strict")
    except UnicodeDecodeError as error:
        raise NotRecognised(
            f"The file begins as text in {encoding} and goes on as none. Get it again from its publisher."
        ) from error


def _decode_narrow(body: bytes, *, is_head: bool, has_mark: bool) -> tuple[str, str]:
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if is_head and error.end == len(body) and error.reason == "unexpected end of data":
            return body[: error.start].decode("utf-8"), "utf-8"
    text = body.decode("utf-8", errors="surrogateescape")
    strays = re.findall(r"[\udc80-\udcff]", text)
    letters = len(re.findall(r"[\u0080-\ud7ff\ue000-\U0010ffff]", text))
    # Newham: £ in cp1252 in each row, and a few letters that are UTF-8
    if has_mark or letters > len(strays) or (letters and set(strays) == {"\udca3"}):
        stand_ins = {
            0xDC00 + byte: bytes([byte]).decode("cp1252", errors="replace") for byte in range(128, 256)
        }
        return text.translate(stand_ins), "utf-8, in part cp1252"
    encoding = max(SINGLE_BYTE, key=lambda name: _score(body, name))
    return body.decode(encoding, errors="replace"), encoding


def _score(body: bytes, encoding: str) -> int:
    """How well the bytes above 127 read in an encoding, by what stands beside them."""
    score = 0
    for place, found in enumerate(HIGH.finditer(body)):
        if place == MOST_PLACES:
            break
        text = found[0].decode(encoding, errors="replace")
        before, after = text[0] if text[0].isascii() else " ", text[-1] if text[-1].isascii() else " "
        score += sum(_judge(letter, before, after) for letter in text if not letter.isascii())
    return score


def _judge(letter: str, before: str, after: str) -> int:
    """How likely a letter is between these two, from -2 to 3."""
    if letter == "£":
        return 3
    if letter in PUNCTUATION:
        # Children’s, ‘Hackney’, 2011–12; a … between letters is none
        return 1 if letter in "…•" else 3
    if letter == "\xa0":
        return 2
    if letter.islower() and letter.isalpha() and letter not in "ªºƒı":
        return 1 if before.isalpha() or after.isalpha() else 0
    if letter.isupper():
        return -1 if before.islower() else 1 if before.isupper() or after.isupper() else 0
    return -2
