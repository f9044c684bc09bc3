"""Months and windows as pages write them."""

from api.draw.row_words import name_month
from api.draw.row_words import name_months as name_period
from api.figures.windows import WindowKind

__all__ = ["WINDOW_WORDS", "name_month", "name_period"]

WINDOW_WORDS: dict[WindowKind, str] = {
    "month": "one month",
    "rolling_12": "twelve months",
    "financial_year": "a financial year, April to March",
    "calendar_year": "a calendar year",
    "whole": "these months together",
}
