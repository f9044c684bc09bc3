"""Use of force (methods.md, section 6), from rows in the published words.

A row is a dict with the published columns, and `force`, `month` and `borough` as in `tests.oracle.measures`. It is one
officer's use of force on one subject. What is not filled in is not known, and is not "no".
"""

from collections.abc import Callable

from tests.oracle.measures import Observations, cells, received
from tests.oracle.words import UNKNOWN, Row

PERCEIVED = {
    "White": "white",
    "Black (or Black British)": "black",
    "Asian (or Asian British)": "asian",
    # counted with Other, as Chinese people are in the officer's record of a search
    "Chinese": "other",
    "Other": "other",
    "Mixed": "mixed",
}
CLASSES = ("white", "mixed", "asian", "black", "other", UNKNOWN)

HANDCUFFING = (
    "Compliant Handcuffing",
    "Compliant handcuffing",
    "Non-Compliant Handcuffing",
    "Non-compliant handcuffing",
)
TALKING = ("Tactical Communications", "Tactical communications")
TASER = (
    *("CED (Taser) Drawn", "CED (Taser) Aimed", "CED (Taser) Arced", "CED (Taser) Red-Dotted"),
    *("CED (Taser) Fired", "CED (Taser) Drive Stun", "CED (Taser) Angle Drive Stun"),
)
DISCHARGING = ("CED (Taser) Fired", "CED (Taser) Drive Stun", "CED (Taser) Angle Drive Stun")
OTHER_FORCE = (
    *("Unarmed Skills (including pressure points, strikes, restraints and take-downs)", "Ground Restraint"),
    *("Limb/Body Restraints", "Spit Guard", "Shield", "Dog Bite", "Baton Used", "Irritant Spray - PAVA Used"),
    *("Firearm Aimed", "AEP Aimed", "Other/Improvised"),
)
KNOWN_TACTICS = (*HANDCUFFING, *TALKING, *TASER, *OTHER_FORCE)

Answer = bool | None


def answer(word: str) -> Answer:
    """Yes, no, or not said."""
    return {"yes": True, "y": True, "no": False, "n": False}.get(word.lower())


def ethnicity(row: Row) -> str:
    """The group that the officer perceived."""
    return PERCEIVED.get(row["SubjectEthnicity"], UNKNOWN)


def tactics(row: Row) -> list[str]:
    """The tactics recorded, in their order."""
    return [row[f"Tactic {n}"] for n in range(1, 21) if row.get(f"Tactic {n}")]


def used_taser(row: Row) -> Answer:
    """As answered; without an answer, as the tactics say; without tactics, not known."""
    said = answer(row["CED Used"])
    if said is not None:
        return said
    return any(tactic in TASER for tactic in tactics(row)) if tactics(row) else None


def discharged(row: Row) -> Answer:
    """Fired or (angle) drive stun, of whichever of up to four devices; not known where nothing tells."""
    said = [
        answer(row.get(f"CED{device} {how}", ""))
        for device in ("", "2", "3", "4")
        for how in ("Fired", "Drive Stun", "Angle Drive Stun")
    ]
    named = tactics(row)
    if True in said or any(tactic in DISCHARGING for tactic in named):
        return True
    if False in said or any(tactic in TASER for tactic in named):
        return False
    return None


def handcuffs_only(row: Row) -> Answer:
    """Handcuffing, talking aside, and nothing else; not known where no tactic is, or one in a word not understood."""
    named = tactics(row)
    if any(tactic in (*TASER, *OTHER_FORCE) for tactic in named):
        return False
    if not named or any(tactic not in KNOWN_TACTICS for tactic in named):
        return None
    return any(tactic in HANDCUFFING for tactic in named)


def share(
    rows: list[Row],
    coverage: list[Row],
    tell: Callable[[Row], Answer],
    field: str,
    among: Callable[[Row], Answer] = lambda _: True,
) -> Observations:
    """How many of those of which it is known, among some of the rows; the others stand outside the base."""
    out: Observations = {}
    for force, month, _ in received(coverage, "use_of_force", field):
        for borough, found in cells(rows, force, month):
            told = [tell(row) for row in found if among(row)]
            known = [one for one in told if one is not None]
            key = ("total", "recorded", force, borough, month)
            out[key] = (sum(known), None, len(told) - len(known), len(known))
    return out


def use_of_force_taser_share(rows: list[Row], coverage: list[Row]) -> Observations:
    """Uses of force with a Taser."""
    return share(rows, coverage, used_taser, "ced_used")


def use_of_force_taser_discharged_share(rows: list[Row], coverage: list[Row]) -> Observations:
    """Discharges among uses of a Taser."""
    return share(rows, coverage, discharged, "ced_discharged", among=used_taser)


def use_of_force_handcuffs_only_share(rows: list[Row], coverage: list[Row]) -> Observations:
    """Uses of force with handcuffs and nothing more."""
    return share(rows, coverage, handcuffs_only, "tactics")


def use_of_force_subject_injured_share(rows: list[Row], coverage: list[Row]) -> Observations:
    """Uses of force after which the subject was recorded as injured."""
    return share(rows, coverage, lambda row: answer(row["SubjectInjured"]), "subject_injured")


def use_of_force_rate(rows: list[Row], coverage: list[Row]) -> Observations:
    """All uses of force, and those on each group."""
    out: Observations = {}
    for force, month, file in received(coverage, "use_of_force"):
        for borough, found in cells(rows, force, month):
            groups = [ethnicity(row) for row in found]
            out["total", "officer_defined", force, borough, month] = (len(found), None, 0, len(found))
            for group in CLASSES if "ethnicity_perceived" not in file["unusable"] else ():
                key = (f"ethnicity:{group}", "officer_defined", force, borough, month)
                out[key] = (groups.count(group), None, groups.count(UNKNOWN), len(found))
    return out


def use_of_force_rate_ratio(rows: list[Row], coverage: list[Row]) -> Observations:
    """Each group's uses of force beside those on White people."""
    out: Observations = {}
    for force, month, _ in received(coverage, "use_of_force", "ethnicity_perceived"):
        for borough, found in cells(rows, force, month):
            groups = [ethnicity(row) for row in found]
            for group in ("black", "asian", "other", "mixed"):
                key = (f"ethnicity:{group}", "officer_defined", force, borough, month)
                out[key] = (groups.count(group), groups.count("white"), groups.count(UNKNOWN), len(found))
    return out


MEASURES: dict[str, Callable[[list[Row], list[Row]], Observations]] = {
    "use_of_force_handcuffs_only_share": use_of_force_handcuffs_only_share,
    "use_of_force_rate": use_of_force_rate,
    "use_of_force_rate_ratio": use_of_force_rate_ratio,
    "use_of_force_subject_injured_share": use_of_force_subject_injured_share,
    "use_of_force_taser_discharged_share": use_of_force_taser_discharged_share,
    "use_of_force_taser_share": use_of_force_taser_share,
}
