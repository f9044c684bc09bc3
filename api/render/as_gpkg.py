"""GeoPackage (OGC 12-128): the rows as features of one layer, drawn as their areas, for desktop maps."""

import io
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import shapely

from api.render.answer import Answer
from api.render.as_csv import disarm
from api.render.as_geojson import NOWHERE
from api.render.as_parquet import TYPES, describe, read_type

WGS84 = "EPSG:4326"
DRIVER = "GPKG"
NUMBERS: Mapping[Any, Any] = {TYPES[int]: np.int64, TYPES[float]: np.float64, TYPES[bool]: np.bool_}
_ENCODER = msgspec.json.Encoder()


def render_gpkg(answer: Answer) -> bytes:
    """The rows as one layer named after the file. What is not there is null, as is the shape of what is no place.

    Equal answers are equal bytes: the date in the file is the release's.
    """
    # It brings pandas with it, 100 MB, which a server that is never asked for this can do without.
    import pyogrio.raw

    shapes = {
        code: shapely.to_wkb(shapely.from_geojson(data))
        for code, data in answer.geometries.items()
        if data != NOWHERE
    }
    codes = [str(getattr(row, "area_code", "")) for row in answer.rows]
    geometry = np.array([shapes.get(code) for code in codes], dtype=object)
    names, columns, masks = [], [], []
    for field in msgspec.structs.fields(answer.row_type):
        values = [getattr(row, field.name, None) for row in answer.rows]
        kind = NUMBERS.get(read_type(field.type))
        mask = np.array([value is None for value in values])
        if kind is None:
            columns.append(np.array([_write_text(value) for value in values], dtype=object))
        else:
            columns.append(np.array([0 if value is None else value for value in values], dtype=kind))
        names.append(field.encode_name)
        masks.append(mask)
    file = io.BytesIO()
    published = f"{answer.release.published_at:%Y-%m-%dT%H:%M:%S.000Z}"
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": published})
    pyogrio.raw.write(
        file,
        geometry,
        columns,
        fields=names,
        field_mask=masks,
        layer=answer.name.replace("-", "_"),
        driver=DRIVER,
        geometry_type="Unknown",
        crs=WGS84,
        dataset_metadata=describe(answer.release.release, is_sample=answer.is_sample),
        layer_metadata={"title": answer.title or answer.name},
    )
    return file.getvalue()


def _write_text(value: Any) -> str | None:
    """Text as it is in the CSV, where there is any."""
    match value:
        case None:
            return None
        case str():
            return disarm(value)
        case tuple() if all(isinstance(one, str) for one in value):
            return disarm("; ".join(value))
        case _:
            built = msgspec.to_builtins(value)
            return disarm(built if isinstance(built, str) else _ENCODER.encode(built).decode())
