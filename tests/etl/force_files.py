"""The Met's use of force files rebuilt in their shape: all 271 columns of 2020-21, as workbook and as CSV; invented rows."""

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

Row = dict[str, str]

PLACES = (
    *("Street/Highway", "Public Transport", "Retail Premises", "Open ground (e.g. park, car park, field)"),
    *("Licensed Premises", "Sports or Event Stadia", "Hospital/A&E (non-mental-health setting)"),
    *("Mental Health Setting", "Police vehicle with prisoner handling cage"),
    *(
        "Police vehicle without prisoner handling cage",
        "Dwelling",
        "Police station (excluding custody block)",
    ),
    *("Custody Block", "Ambulance", "Other"),
)
IMPACTS = (
    *("Possesion of a weapon", "Alcohol", "Drugs", "Mental Health", "Prior Knowledge", "Size/Gender/Build"),
    *("Acute Behavioural Disorder", "Crowd", "Other"),
)
REASONS = (
    *("Protect self", "Protect Public", "Protect Subject", "Protect Other Officers", "Prevent Offence"),
    *(
        "Secure Evidence",
        "Effect Search",
        "Effect Arrest",
        "Method of Entry",
        "Remove Handcuffs",
        "Prevent Harm",
    ),
    *("Prevent Escape", "Other"),
)
DEVICE = (
    *(
        "Drawn",
        "Aimed",
        "Arced",
        "Red-Dotted",
        "Drive Stun",
        "Drive Stun Repeat Application",
        "Angle Drive Stun",
    ),
    *(
        "Fired",
        "Fired Cartridge Number",
        "Fired 5 Secs Cycle Interrupted",
        "Fired Repeat Cycle Same Cartridge",
    ),
    *("Fired Total Number Of Cycles", "Fired Cycle Extended Beyond 5 Secs", "Fired Miss With One Probe"),
    *(
        "Fired Miss With Both Probes",
        *(f"Front {n}" for n in range(1, 16)),
        *(f"Back {c}" for c in "ABCDEFGHJK"),
    ),
)
OUTCOMES = (
    "Made off/escaped",
    "Arrested",
    "Hospitalised",
    "Detained - Mental Health Act",
    "Fatality",
    "Other",
)

HEADER = [
    *("IncidentDate", "IncidentTime"),
    *(f"Incident Location: {place}" for place in PLACES),
    *("Borough", "PrimaryConduct", "AssaultedBySubject", "ThreatenedWithWeapon", "AssaultedWithWeapon"),
    *(f"Impact Factor: {impact}" for impact in IMPACTS),
    *(f"Reason for Force: {reason}" for reason in REASONS),
    *("MainDuty", "SingleCrewed", "TrainedCED", "CarryingCED"),
    *(name for n in range(1, 20) for name in (f"Tactic {n}", f"Effective {n}")),
    *("Tactic 20", "Tactic Effective 20", "CED Used", "CED Device Serial No"),
    # the second device's "Arced" is "ArCED2": somebody replaced "ced" by "CED2"
    *(
        f"{device} {what.replace('ced', device) if device != 'CED' else what}"
        for device in ("CED", "CED2", "CED3", "CED4")
        for what in DEVICE
    ),
    *("Firearms Aimed", "Firearms Fired", "SubjectAge", "SubjectGender", "SubjectEthnicity"),
    *("PhysicalDisability", "MentalDisability", "StaffInjured", "StaffInjuryIntentional", "StaffInjuryLevel"),
    *(
        "StaffMedProvided",
        "SubjectInjured",
        "SubjectNatureOfInjury",
        "SubjectMedOffered",
        "SubjectMedProvided",
    ),
    *(f"Outcome: {outcome}" for outcome in OUTCOMES),
]


def make_use(**given: str) -> Row:
    """A use of force in Hackney in December 2023, every column filled as the form would; with what is given changed.

    Names are given with underscores for spaces.
    """
    row = dict.fromkeys(HEADER, "")
    row |= {
        name: "No" for name in HEADER if name.startswith(("Incident Location", "Impact", "Reason", "Outcome"))
    }
    row |= {
        "IncidentDate": "2023-12-01",
        "IncidentTime": "14:05:00",
        "Incident Location: Street/Highway": "Yes",
        "Borough": "Hackney",
        "PrimaryConduct": "Passive resistance",
        "AssaultedBySubject": "No",
        "Reason for Force: Effect Arrest": "Yes",
        "MainDuty": "Patrol – uniform",
        "SingleCrewed": "No",
        "TrainedCED": "No",
        "Tactic 1": "Tactical Communications",
        "Effective 1": "Yes",
        "Tactic 2": "Compliant Handcuffing",
        "Effective 2": "Yes",
        "Firearms Aimed": "No",
        "Firearms Fired": "No",
        "SubjectAge": "18-34",
        "SubjectGender": "Male",
        "SubjectEthnicity": "White",
        "PhysicalDisability": "No",
        "MentalDisability": "No",
        "SubjectInjured": "No",
        "Outcome: Arrested": "Yes",
    }
    names = {name.replace(" ", "_"): name for name in HEADER}
    return {**row, **{names[key]: value for key, value in given.items()}}


def write_csv(path: Path, rows: Iterable[Row], header: Sequence[str] = HEADER) -> Path:
    """A CSV in cp1252, as the Met's."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("cp1252"))
    return path


SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
PARTS = {
    "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/styles.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{XML}<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}">'
    '<sheets><sheet name="Use of Force" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>',
    # style 1 is a day, style 2 a day and time
    "xl/styles.xml": f'{XML}<styleSheet xmlns="{SHEET}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>',
}


def write_workbook(path: Path, rows: Iterable[Row], header: Sequence[str] = HEADER) -> Path:
    """A workbook: text as text, an ISO day as a cell that is a day, and the age 11-17 as the month it becomes there."""
    lines = [list(header), *([row.get(name, "") for name in header] for row in rows)]
    body = "".join(f"<row>{''.join(map(_cell, line))}</row>" for line in lines)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        archive.writestr(
            "xl/worksheets/sheet1.xml",
            f'{XML}<worksheet xmlns="{SHEET}"><sheetData>{body}</sheetData></worksheet>',
        )
    return path


def _cell(text: str) -> str:
    if not text:
        return "<c/>"
    day = "2017-11-01" if text == "11-17" else text
    try:
        count = (date.fromisoformat(day) - date(1899, 12, 30)).days
    except ValueError:
        return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
    return f'<c s="1"><v>{count}</v></c>'
