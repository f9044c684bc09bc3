"""Each kind of drawing, and the function that lays it out."""

from api.draw.drawings import (
    BandsDrawing,
    CalendarDrawing,
    DotsDrawing,
    Drawing,
    FunnelDrawing,
    MapDrawing,
    SeriesDrawing,
    StripDrawing,
    YearsDrawing,
)
from api.draw.kinds.calendar import lay_out_calendar
from api.draw.kinds.funnel import lay_out_funnel
from api.draw.kinds.map import lay_out_map
from api.draw.kinds.rows import lay_out_bands, lay_out_dots, lay_out_years
from api.draw.kinds.series import lay_out_series
from api.draw.kinds.strip import lay_out_strip
from api.draw.plane import Plane


def lay_out(drawing: Drawing) -> Plane:
    """Where everything of a drawing lies and how it looks."""
    match drawing:
        case SeriesDrawing():
            return lay_out_series(drawing)
        case StripDrawing():
            return lay_out_strip(drawing)
        case DotsDrawing():
            return lay_out_dots(drawing)
        case FunnelDrawing():
            return lay_out_funnel(drawing)
        case MapDrawing():
            return lay_out_map(drawing)
        case YearsDrawing():
            return lay_out_years(drawing)
        case BandsDrawing():
            return lay_out_bands(drawing)
        case CalendarDrawing():
            return lay_out_calendar(drawing)
