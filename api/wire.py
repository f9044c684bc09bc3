"""The rows of the lists, but for the figures (`api.model`): the JSON keys and the CSV headers."""

from datetime import date, datetime

import msgspec

from sql.measure import Basis, Grouping


class AreaRow(msgspec.Struct, frozen=True):
    """An area. `force` is the one that polices it; null where both forces are needed."""

    area_code: str
    area_name: str
    area_kind: str
    slug: str
    met_borough_code: str | None
    force: str | None
    href: str


class MemberRow(msgspec.Struct, frozen=True):
    """A part of an area, and since when it is one. `force` null: events of any force count.

    A part without a borough (`area_code` null) stands for the events of a force that were published without
    a place.
    """

    area_code: str | None
    area_name: str
    force: str | None
    valid_from: date
    valid_to: date | None


class NeighbourRow(msgspec.Struct, frozen=True):
    """A borough that shares an edge."""

    area_code: str
    area_name: str
    href: str


class AreaDetail(AreaRow, frozen=True):
    """An area with what it is made of, what it is part of, and what it borders on."""

    on: date
    members: tuple[MemberRow, ...]
    part_of: tuple[MemberRow, ...]
    neighbours: tuple[NeighbourRow, ...]


class MetricRow(msgspec.Struct, frozen=True):
    """The definition of a metric, and the months for which its source was received whole from any force."""

    metric: str
    title: str
    definition: str
    kind: str
    statistic: str
    unit: str
    numerator: str
    denominator: str
    interval: str
    direction: str
    small: bool
    method_version: int
    since: str
    source: str
    bases: tuple[Basis, ...]
    groups: tuple[Grouping, ...]
    caveats: tuple[str, ...]
    first_month: str | None
    last_month: str | None
    href: str


class CoverageRow(msgspec.Struct, frozen=True):
    """One month of one source from one force: received whole, partial, or missing though it should be there.

    `words` lists the classes held, where a copy may hold only some; `unusable_fields` the fields that
    cannot be used. `known_shares` says of how many of the events an attribute is known. `control_total_ratio` is our
    count of recorded crime over the Met's own. `superseded_files` are copies that another took the place of.
    """

    source: str
    force: str
    month: str
    status: str
    reason: str | None
    words: tuple[str, ...]
    unusable_fields: dict[str, str]
    events: int | None
    placed: int | None
    no_location: int | None
    outside: int | None
    placed_share: float | None
    known_shares: dict[str, float]
    control_total_ratio: float | None
    files: tuple[str, ...]
    copies_superseded: int
    superseded_files: tuple[str, ...]


class SourceRow(msgspec.Struct, frozen=True):
    """Who publishes what, under which licence, and which months of it are in the release.

    `months_partly_held`: of the months received, those of which a force's file holds only part of what is published.
    """

    source: str
    title: str
    publisher: str
    licence: str
    address: str
    description: str
    first_month: str | None
    last_month: str | None
    months_received: int
    months_partial: int
    months_partly_held: int


class ReleaseRow(msgspec.Struct, frozen=True):
    """A publication of figures. `changes` says what moved.

    `files_loaded` counts the files that came since the release before, `files` names the first of them, and
    `files_replaced` counts the months of which another copy counts now.
    """

    release: str
    published_at: datetime
    sample: bool
    boundary_vintage: str
    changes: object
    files_loaded: int
    files_replaced: int
    files: tuple[str, ...]
    sentence: str


class AbsentRow(msgspec.Struct, frozen=True, rename={"from_month": "from", "to_month": "to"}):
    """Months of a force that are `missing` or `partial`, and why. A bound that was not asked for is null."""

    force: str
    from_month: str | None
    to_month: str | None
    status: str
    reason: str | None


class PlaceRow(msgspec.Struct, frozen=True):
    """Where a point or a postcode lies.

    `placed` is how that was found: point, nearest (within 50 m), outside, none.
    """

    latitude: float | None
    longitude: float | None
    postcode: str | None
    placed: str
    area_code: str | None
    area_name: str | None
    bcu_code: str | None
    bcu_name: str | None
    force: str | None


class RevisionSummary(
    msgspec.Struct, frozen=True, rename={"from_release": "from", "to_release": "to"}, kw_only=True
):
    """What changed in one metric between two releases, for one reason.

    Counts are of figures by borough, month, group and basis; `known_shares_changed` are those of which neither numerator
    nor base changed, but how many events are of unknown attribute, or of how many. The counts, and the months, are null
    where the metric or the groups concerned count few people, or hold payments for domestic abuse (`small`).
    """

    from_release: str | None
    to_release: str
    metric: str
    source: str
    small: bool
    reason: str
    figures_changed: int | None
    known_shares_changed: int | None
    figures_new: int | None
    figures_withdrawn: int | None
    first_month: str | None
    last_month: str | None
    largest_change: float | None
    sentence: str


class RevisionRow(msgspec.Struct, frozen=True, rename={"from_month": "from", "to_month": "to"}, kw_only=True):
    """One figure that two releases know differently. `area_code` is null for events without a borough.

    For the reason `new_population` the bases are the persons under the figures of those months, and there are no
    numerators. Where only how much is known changed, both sides are alike but for `…_unknown`, and the sentence says it.
    """

    metric: str
    area_code: str | None
    area_name: str
    force: str | None
    from_month: str
    to_month: str
    group: str
    basis: str
    before_numerator: float | None
    before_base: int | None
    before_value: float | None
    before_unknown: int | None
    after_numerator: float | None
    after_base: int | None
    after_value: float | None
    after_unknown: int | None
    reasons: tuple[str, ...]
    sentence: str
