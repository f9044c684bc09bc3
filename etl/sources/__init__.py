"""The sources, one module each. To add one: a module, its name here, a fixture, a migration where it needs a table."""

from etl.sources.outcomes import OUTCOMES
from etl.sources.source import Source
from etl.sources.stop_search import STOP_SEARCH
from etl.sources.street import STREET

SOURCES: tuple[Source, ...] = (STOP_SEARCH, STREET, OUTCOMES)
