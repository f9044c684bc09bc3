"""Areas, dated BCU membership, boundaries, point to borough, LSOA to borough, postcode to borough.

Nothing here imports another room. A borough is a small integer everywhere: the last two digits of its GSS
code (1 City of London … 33 Westminster), 0 where no location was published, -1 outside London. This package
and `geo.locate` stay light to import (numpy, shapely, msgspec): worker processes start with them.
"""
