"""The examples of the guide to the data: whole programs to be copied, each with addresses that work on this server. Pure."""

from urllib.parse import urlencode

import msgspec

# What stands in a file where there is no value (docs/fields.md).
MARKERS = ("[x]", "[c]", "[z]", "[low]")


class Example(msgspec.Struct, frozen=True):
    """A program or a command to copy. `language` names it; `says` is a sentence before it, `steps` what to do around it."""

    key: str
    title: str
    language: str
    says: str
    code: str
    steps: tuple[str, ...] = ()


def list_examples(origin: str, first: str, last: str) -> tuple[Example, ...]:
    """The examples. `origin`: the server's address; `first` and `last`: twelve months that have searches."""
    one = _ask(metric="stop_search_rate", area="hackney", from_=first, to=last)
    every = _ask(metric="stop_search_rate", area="boroughs", from_=first, to=last, format="csv")
    monthly = _ask(
        metric="stop_search_rate", area="boroughs", window="month", from_=first, to=last, format="csv"
    )
    marks = ", ".join(f'"{one}"' for one in MARKERS)
    return (
        Example(
            "browser",
            "In a browser",
            "Address",
            "Put an address into the address bar. This one saves the searches of every borough as a file that a spreadsheet "
            "opens. The page of each figure has the same links.",
            f"{origin}{every}",
        ),
        Example(
            "curl",
            "On a command line (curl)",
            "Shell",
            "One figure as JSON; every borough as CSV, into a file; every figure of one borough.",
            f"curl '{origin}{one}'\n"
            f"curl -o searches.csv '{origin}{every}'\n"
            f"curl '{origin}/v1/areas/hackney/scorecard'",
        ),
        Example(
            "python",
            "In Python",
            "Python",
            "With httpx and polars. Where there is no value a file has a marker, never a blank and never 0, so name the markers.",
            f"""import httpx
import polars as pl

address = "{origin}{monthly}"
answer = httpx.get(address).raise_for_status()
rows = pl.read_csv(answer.content, null_values=[{marks}], infer_schema_length=None)
print(rows.select("area_name", "to", "value", "lower", "upper", "status"))
print("as known in release", answer.headers["X-Release"])""",
        ),
        Example(
            "pandas",
            "In Python, with pandas",
            "Python",
            "The same with pandas, which reads an address by itself.",
            f"""import pandas as pd

rows = pd.read_csv("{origin}{monthly}", na_values=[{marks}])
print(rows.pivot(index="to", columns="area_name", values="value"))""",
        ),
        Example(
            "r",
            "In R",
            "R",
            "Base R is enough.",
            f"""rows <- read.csv("{origin}{monthly}", na.strings = c({marks}))
hackney <- subset(rows, area_name == "Hackney")
plot(hackney$numerator, type = "l", xlab = "month", ylab = "searches")""",
        ),
        Example(
            "excel",
            "In Excel (Power Query)",
            "Power Query M",
            "A table that is brought up to date with one click. Markers become empty cells; the column status says why.",
            f"""let
    Address = "{origin}{every}",
    File = Web.Contents(Address),
    Lines = Csv.Document(File, [Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),
    Headed = Table.PromoteHeaders(Lines, [PromoteAllScalars = true]),
    Read = (cell) => try Number.FromText(cell, "en-GB") otherwise null,
    Numbers = Table.TransformColumns(Headed, {{
        {{"numerator", Read, type nullable number}},
        {{"denominator", Read, type nullable number}},
        {{"value", Read, type nullable number}},
        {{"lower", Read, type nullable number}},
        {{"upper", Read, type nullable number}}
    }})
in
    Numbers""",
            (
                "In Excel choose Data, then Get Data, From Other Sources, Blank Query.",
                "In the window that opens choose Home, then Advanced Editor.",
                "Delete what is there, paste the text below, choose Done. Asked how to connect, choose Anonymous.",
                "Choose Close & Load. Later, Data and then Refresh All brings the latest release.",
            ),
        ),
    )


def _ask(**given: str) -> str:
    return f"/v1/values?{urlencode({name.rstrip('_'): value for name, value in given.items()})}"
