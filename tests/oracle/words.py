"""What published words mean (methods.md, sections 3 and 4): by rule for known words, else unknown."""

import re
from typing import Any

Row = dict[str, Any]

UNKNOWN = "unknown"

PERSON_TYPES = ("Person search", "Person and Vehicle search")

STATED_CLASSES = ("white", "mixed", "asian", "black", "other", UNKNOWN)
OFFICER_CLASSES = ("white", "asian", "black", "other", UNKNOWN)
AGE_CLASSES = ("10_17", "18_24", "25_34", "over_34", UNKNOWN)
GENDER_CLASSES = ("female", "male", UNKNOWN)

# To 2017-03: the letter of the code decides. From 2017-04: what stands before the dash.
STATED_WORDS = (
    "White - White British (W1)",
    "White - White Irish (W2)",
    "White - Any other White ethnic background (W9)",
    "Mixed - White and Black Caribbean (M1)",
    "Mixed - White and Black African (M2)",
    "Mixed - White and Asian (M3)",
    "Mixed - Any other Mixed ethnic background (M9)",
    "Asian or Asian British - Indian (A1)",
    "Asian or Asian British - Pakistani (A2)",
    "Asian or Asian British - Bangladeshi (A3)",
    "Asian or Asian British - Any other Asian ethnic background (A9)",
    "Black or Black British - Caribbean (B1)",
    "Black or Black British - African (B2)",
    "Black or Black British - Any other Black ethnic background (B9)",
    "Chinese or other ethnic group - Chinese (O1)",
    "Chinese or other ethnic group - Any other ethnic group (O9)",
    "Not Stated (NS)",
    "White - English/Welsh/Scottish/Northern Irish/British",
    "White - Irish",
    "White - Gypsy or Irish Traveller",
    "White - Any other White background",
    "Mixed/Multiple ethnic groups - White and Black Caribbean",
    "Mixed/Multiple ethnic groups - White and Black African",
    "Mixed/Multiple ethnic groups - White and Asian",
    "Mixed/Multiple ethnic groups - Any other Mixed/Multiple ethnic background",
    "Asian/Asian British - Indian",
    "Asian/Asian British - Pakistani",
    "Asian/Asian British - Bangladeshi",
    "Asian/Asian British - Chinese",
    "Asian/Asian British - Any other Asian background",
    "Black/African/Caribbean/Black British - African",
    "Black/African/Caribbean/Black British - Caribbean",
    "Black/African/Caribbean/Black British - Any other Black/African/Caribbean background",
    "Other ethnic group - Arab",
    "Other ethnic group - Any other ethnic group",
    "Other ethnic group - Not stated",
)
LETTERS = {"W": "white", "M": "mixed", "A": "asian", "B": "black", "O": "other", "N": UNKNOWN}

# To 2017-12 the first of each pair, from 2018-01 the second.
OUTCOME_WORDS = (
    "Nothing found - no further action",
    "A no further action disposal",
    "Suspicious psychoactive substances seized - No further action",
    "Suspect arrested",
    "Arrest",
    "Local resolution",
    "Community resolution",
    "Offender given penalty notice",
    "Penalty Notice for Disorder",
    "Suspect summonsed to court",
    "Summons / charged by post",
    "Offender cautioned",
    "Caution (simple or conditional)",
    "Offender given drugs possession warning",
    "Khat or Cannabis warning",
    "Article found - Detailed outcome unavailable",
)

OBJECTS = {
    "Controlled drugs": "controlled_drugs",
    "Stolen goods": "stolen_goods",
    "Offensive weapons": "offensive_weapons",
    "Articles for use in criminal damage": "articles_for_criminal_damage",
    "Article for use in theft": "articles_for_theft",
    "Evidence of offences under the Act": "evidence_of_offences",
    "Anything to threaten or harm anyone": "anything_to_threaten_or_harm",
    "Firearms": "firearms",
    "Fireworks": "fireworks",
    "Psychoactive substances": "other",
    "Crossbows": "other",
}
OBJECT_CLASSES = (*dict.fromkeys(OBJECTS.values()), UNKNOWN)

LEGISLATION = {
    "Misuse of Drugs Act 1971 (section 23)": "misuse_of_drugs_act_section_23",
    "Police and Criminal Evidence Act 1984 (section 1)": "pace_section_1",
    "Criminal Justice and Public Order Act 1994 (section 60)": "cjpoa_section_60",
    "Firearms Act 1968 (section 47)": "firearms_act_section_47",
    "Psychoactive Substances Act 2016 (s36(2))": "other",
    "Criminal Justice Act 1988 (section 139B)": "other",
}
LEGISLATION_CLASSES = (*dict.fromkeys(LEGISLATION.values()), UNKNOWN)

CRIME_CATEGORIES = (
    "Bicycle theft",
    "Burglary",
    "Criminal damage and arson",
    "Drugs",
    "Other crime",
    "Other theft",
    "Possession of weapons",
    "Public order",
    "Robbery",
    "Shoplifting",
    "Theft from the person",
    "Vehicle crime",
    "Violence and sexual offences",
)
ANTI_SOCIAL = "Anti-social behaviour"


def is_person(row: Row) -> bool:
    """A search of a person, alone or with a vehicle."""
    return row["Type"] in PERSON_TYPES


def stated(row: Row) -> str:
    """The Census group that the person stated."""
    word: str = row["Self-defined ethnicity"]
    if word not in STATED_WORDS or "not stated" in word.lower():
        return UNKNOWN
    if code := re.search(r"\(([A-Z])[0-9S]\)$", word):
        return LETTERS[code[1]]
    return str(re.split(r"[ /]", word)[0]).lower()


def officer(row: Row) -> str:
    """The group that the officer recorded: White, Black, Asian or Other only."""
    word: str = row["Officer-defined ethnicity"].lower()
    return word if word in OFFICER_CLASSES else UNKNOWN


def ethnicity(row: Row, basis: str) -> str:
    """The ethnic group on one basis of counting."""
    if basis == "officer_defined":
        return officer(row)
    if basis == "self_defined":
        return stated(row)
    assert basis == "self_defined_filled"
    return officer(row) if stated(row) == UNKNOWN else stated(row)


def age(row: Row) -> str:
    """The age range; "under 10" is not to be believed and unknown."""
    word: str = row["Age range"].replace("-", "_").replace(" ", "_")
    return word if word in AGE_CLASSES else UNKNOWN


def gender(row: Row) -> str:
    """Male or Female; "Other" leaps in 2024-03 while blanks vanish, and is unknown."""
    word: str = row["Gender"].lower()
    return word if word in GENDER_CLASSES else UNKNOWN


def sought(row: Row) -> str:
    """The object of search."""
    return OBJECTS.get(row["Object of search"], UNKNOWN)


def power(row: Row) -> str:
    """The legislation."""
    return LEGISLATION.get(row["Legislation"], UNKNOWN)


def has_outcome(row: Row) -> bool:
    """Whether an outcome that we understand was recorded."""
    return row["Outcome"] in OUTCOME_WORDS


def is_positive(row: Row) -> bool:
    """Anything other than no further action."""
    return has_outcome(row) and "no further action" not in row["Outcome"].lower()


def is_arrest(row: Row) -> bool:
    """An arrest, in either vocabulary."""
    return row["Outcome"] in ("Arrest", "Suspect arrested")


def category(row: Row) -> str:
    """The category of a street row."""
    if row["Crime type"] not in (*CRIME_CATEGORIES, ANTI_SOCIAL):
        return UNKNOWN
    return slug(row["Crime type"])


def slug(word: str) -> str:
    """Lower case, underscores for everything that is no letter."""
    return re.sub(r"[^a-z]+", "_", word.lower())
