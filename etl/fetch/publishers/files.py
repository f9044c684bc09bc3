"""A single file at an address of its own."""

from etl.fetch.addresses import File
from etl.fetch.step import Plan, Sources, Step
from etl.fetch.wanted import Wanted
from etl.fetch.window import Window


async def make_plan(sources: Sources, source: str, entry: File, window: Window) -> Plan:
    """The one file."""
    wanted = Wanted(
        source=source,
        publisher=entry.publisher,
        url=entry.url,
        file_name=entry.file_name,
        expects=entry.expects,
        key=entry.key,
    )
    return Plan((Step(wanted=wanted, is_confirmed=entry.is_confirmed),))
