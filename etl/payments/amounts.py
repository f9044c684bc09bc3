"""Amounts of money as councils write them, to pence."""

import polars as pl

# MS-DOS wrote £ as 0x9C, which cp1252 shows as œ (Bexley, Havering); 'Â£' is UTF-8 read as cp1252.
# Other money (€) is not read as if it were pounds.
POUND = r"(?:Â?£|œ|\x{9c}|�|GBP)"
SPACES = r"[\s\x{a0}\x{2007}\x{2009}\x{202f}†]+"
MINUS = r"[\x{2010}-\x{2015}\x{2212}]"
NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+"
BEFORE = rf"[+-]?{POUND}?[+-]?\(?[+-]?{POUND}?[+-]?"
AFTER = rf"{POUND}?-?\)?-?(?:CR|DR)?\)?"
SIGNED = rf"^{BEFORE}(?P<number>{NUMBER})(?P<power>E[+-]?\d{{1,2}})?{AFTER}$"
# A space may stand between thousands, and nowhere else between digits: a telephone number is no amount.
APART = r"\d[\s\x{a0}\x{2009}\x{202f}†]+\d"
THOUSANDS = r"^\D*\d{1,3}(?:[\s\x{a0}\x{2009}\x{202f}†]\d{3})+(?:\.\d*)?\D*$"
DASH = rf"^-?{POUND}?-$|^{POUND}-+$"
MOST_DIGITS = 15


def parse_pence(texts: pl.Series) -> pl.Series:
    """Pence (Int64), rounded half away from nought; null where a cell holds no amount.

    Pounds with £ or without, with thousands commas (in threes) or without. Brackets, a minus before or after, and CR say
    that money came back: below nought. A lone dash, as a spreadsheet's accounting form writes it, is nought. `1.234,56` and
    other decimal commas are no amounts here.
    """
    name = texts.name
    frame = pl.DataFrame({"text": texts.cast(pl.String).str.strip_chars("\"' \t\u00a0’")})
    text = pl.col("text")
    is_apart = text.str.contains(APART) & ~text.str.contains(THOUSANDS)
    clean = (
        pl.when(~is_apart)
        .then(text)
        .str.replace_all(SPACES, "")
        .str.replace_all(MINUS, "-")
        .str.to_uppercase()
        # upper case of œ
        .str.replace_all("Œ", "£", literal=True)
        .alias("text")
    )
    frame = frame.select(clean)
    is_odd = (
        text.str.contains("(", literal=True) != text.str.contains(")", literal=True)
    ) | text.str.contains("-.*-")
    groups = pl.when(text.str.contains("E-") | ~is_odd).then(text).str.extract_groups(SIGNED)
    frame = frame.with_columns(
        number=groups.struct.field("number").str.replace_all(",", "", literal=True),
        power=groups.struct.field("power"),
        is_negative=text.str.replace(r"E-\d+", "").str.contains(r"-|\(|CR"),
        is_dash=text.str.contains(DASH),
    ).with_columns(
        whole=pl.col("number").str.extract(r"^(\d*)").str.strip_chars_start("0"),
        part=pl.col("number").str.extract(r"\.(\d*)").fill_null("").str.pad_end(3, "0"),
    )
    whole = pl.when(pl.col("whole").str.len_chars() <= MOST_DIGITS).then(
        pl.when(pl.col("whole") == "").then(pl.lit("0")).otherwise(pl.col("whole"))
    )
    cents = (
        whole.str.to_integer(strict=False) * 100
        + pl.col("part").str.slice(0, 2).str.to_integer(strict=False)
        + (pl.col("part").str.slice(2, 1) >= "5").cast(pl.Int64)
    )
    # 1E3, as spreadsheets write large numbers
    power = (pl.col("number") + pl.col("power")).cast(pl.Float64, strict=False) * 100
    size = (
        pl.when(pl.col("is_dash"))
        .then(pl.lit(0, pl.Int64))
        .when(pl.col("power").is_null())
        .then(cents)
        .when(power < 1e17)
        .then(power.round().cast(pl.Int64, strict=False))
    )
    signed = pl.when(pl.col("is_negative")).then(-size).otherwise(size)
    return frame.select(signed.cast(pl.Int64).alias(name)).to_series()
