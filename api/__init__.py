"""The API room: figures from observations, the paths that serve them, and how they are written.

    request ─▶ cache ─▶ routes ─▶ values ─▶ figures/     what was asked, checked, computed
                 │         └────▶ respond ─▶ render/     rows in the format that was asked for
                 └─ finish                               ETag, compression, common headers
    releases                                             which release this worker serves
    serve                                                workers

Imports `geo` and `sql`, never `etl`.
"""
