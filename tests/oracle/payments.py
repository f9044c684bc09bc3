"""Council payments counted in slow, obvious Python; and sums of published files, read without any of the readers."""

import csv
import io
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

COMMUNITY_SAFETY = ("community_safety", "cctv", "enforcement_wardens", "domestic_abuse")
YOUTH = ("youth_services", "youth_justice")
# the tags of which payments_total has a group
GROUPS = ("community_safety", "cctv", "domestic_abuse", "youth_services", "youth_justice", "untagged")
# payments for domestic abuse stand with the untagged too (docs/disclosure.md)
WITH = {"untagged": ("untagged", "domestic_abuse")}

Observations = dict[tuple[str, str, int, int, date], tuple[int, int | None, int | None, int]]


def count(rows: Iterable[dict[str, Any]], received: Iterable[dict[str, Any]]) -> dict[str, Observations]:
    """Observations of the three metrics. `rows`: force, month, kind, tag, pence; `received`: force, month, status, words."""
    paid = list(rows)
    found: dict[str, Observations] = {
        "payments_total": {}, "payments_community_safety_total": {}, "payments_youth_total": {},
    }  # fmt: skip
    for cover in received:
        force, month = cover["force"], cover["month"]
        if cover["status"] != "received" or not 101 <= force <= 133:
            continue
        for kind in cover["words"]:
            here = [r for r in paid if (r["force"], r["month"], r["kind"]) == (force, month, kind)]
            for metric, group, tags in (
                ("payments_total", "total", None),
                *(("payments_total", f"tag:{tag}", WITH.get(tag, (tag,))) for tag in GROUPS),
                ("payments_community_safety_total", "total", COMMUNITY_SAFETY),
                ("payments_youth_total", "total", YOUTH),
            ):
                those = [r["pence"] for r in here if tags is None or r["tag"] in tags]
                found[metric][group, kind, force, force - 100, month] = (sum(those), None, None, len(those))
    return found


def read_pence(text: str) -> int | None:
    """£2,909,121.01, (1,040.22), -£25.60, ' 510.00 ' → pence; None for what is no amount."""
    plain = re.sub(r"[£,\s\u00a0\u2020]", "", text)
    if plain.startswith("(") and plain.endswith(")"):
        plain = f"-{plain[1:-1]}"
    return int(Decimal(plain) * 100) if re.fullmatch(r"-?(\d+(\.\d{1,2})?|\.\d{1,2})", plain) else None


def read_file(path: Path, amount: int, label: int = 0) -> tuple[list[int], int | None]:
    """The amounts of a comma-separated file's rows in pence, and its own grand total; by the places of two columns.

    The grand total: the amount of a row whose label is "Grand Total" or "Total", or that stands alone.
    """
    text = path.read_bytes().decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
    amounts, grand = [], None
    for row in csv.reader(io.StringIO(text)):
        if len(row) <= amount or (pence := read_pence(row[amount])) is None:
            continue
        name = re.sub(r"[^a-z]", "", row[label].lower())
        if name in ("grandtotal", "total") or not any(
            cell.strip() for at, cell in enumerate(row) if at != amount
        ):
            grand = pence
        else:
            amounts.append(pence)
    return amounts, grand
