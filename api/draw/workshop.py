"""Who draws: a process of its own, so that no answer waits while a picture is made."""

from typing import Literal

Form = Literal["page", "svg", "png", "pdf"]
