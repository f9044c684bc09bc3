"""The sources, one module each. To add one: a module, its name here, a fixture, a migration where it needs a table."""

from etl.sources.control_total import CONTROL_TOTAL
from etl.sources.outcomes import OUTCOMES
from etl.sources.source import Source, TableSource
from etl.sources.stop_search import STOP_SEARCH
from etl.sources.street import STREET
from etl.sources.survey import SURVEY
from etl.sources.thorough_search import THOROUGH_SEARCH
from etl.sources.use_of_force import USE_OF_FORCE

SOURCES: tuple[Source, ...] = (STOP_SEARCH, STREET, OUTCOMES)

# files of many months, recognised by their header: the first that knows it
TABLE_SOURCES: tuple[TableSource, ...] = (THOROUGH_SEARCH, USE_OF_FORCE, CONTROL_TOTAL, SURVEY)
