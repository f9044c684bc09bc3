"""What stands in which section: metrics in their order, the one that leads, and which are told in sentences. Reviewed choices."""

from dataclasses import dataclass

RATIOS = ("stop_search_rate_ratio", "use_of_force_rate_ratio", "strip_search_rate_ratio")
TRUST = (
    "trust_police_share",
    "treat_everyone_fairly_share",
    "good_job_local_share",
    "listen_to_concerns_share",
    "relied_on_share",
    "understand_issues_share",
    "informed_local_share",
    "contact_ward_officer_share",
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A section: the metric that leads, all of them in order, those told in sentences, what is counted in a title's words, and
    a short name.
    """

    key: str
    title: str
    metrics: tuple[str, ...]
    told: tuple[str, ...]
    events: str
    short: str

    @property
    def lead(self) -> str:
        """The metric of the section's first chart."""
        return self.metrics[0]


SEARCHES = Plan(
    key="searches",
    title="Searches",
    metrics=(
        "stop_search_rate",
        "stop_search_positive_outcome_share",
        "stop_search_arrest_share",
        "stop_search_section_60_rate",
        "stop_search_under_18_share",
        "stop_search_clothing_removal_share",
        "stop_search_linked_outcome_share",
        "stop_search_ethnicity_unknown_share",
    ),
    told=("stop_search_rate", "stop_search_positive_outcome_share", "stop_search_section_60_rate"),
    events="Searches",
    short="searches",
)
FORCE = Plan(
    key="force",
    title="Use of force",
    metrics=(
        "use_of_force_rate",
        "use_of_force_handcuffs_only_share",
        "use_of_force_taser_share",
        "use_of_force_taser_discharged_share",
        "use_of_force_subject_injured_share",
    ),
    told=("use_of_force_rate", "use_of_force_taser_share", "use_of_force_subject_injured_share"),
    events="Uses of force recorded",
    short="use of force",
)
STRIP = Plan(
    key="strip-search",
    title="Strip search",
    metrics=("strip_search_rate", "strip_search_under_18_count", "strip_search_positive_outcome_share"),
    told=("strip_search_rate", "strip_search_under_18_count"),
    events="Strip searches",
    short="strip search",
)
CRIME = Plan(
    key="crime",
    title="Recorded crime and case handling",
    metrics=(
        "crime_rate",
        "antisocial_behaviour_rate",
        "charged_share",
        "positive_outcome_share",
        "no_suspect_share",
        "closed_same_month_share",
        "open_share",
        "control_total_ratio",
    ),
    told=("crime_rate", "antisocial_behaviour_rate", "charged_share", "no_suspect_share"),
    events="Recorded crime",
    short="recorded crime",
)
SURVEY = Plan(
    key="trust",
    title="Trust and confidence",
    metrics=TRUST,
    told=("trust_police_share", "treat_everyone_fairly_share"),
    events="Trust",
    short="trust",
)
MONEY = Plan(
    key="money",
    title="Council money",
    metrics=(
        "community_safety_spend_per_head",
        "crime_reduction_spend_per_head",
        "cctv_spend_per_head",
        "youth_services_spend_per_head",
        "youth_services_spend",
        "payments_total",
        "payments_community_safety_total",
        "payments_youth_total",
    ),
    told=("community_safety_spend_per_head", "youth_services_spend", "payments_total"),
    events="Community safety",
    short="council money",
)
RATIO = Plan(
    key="disproportionality",
    title="Disproportionality: differences between ethnic groups",
    metrics=RATIOS,
    told=RATIOS,
    events="",
    short="ethnic groups",
)
PLANS = (SEARCHES, FORCE, STRIP, CRIME, SURVEY, MONEY, RATIO)
# Which file it takes, by source, where none is there.
FILES = {
    "stop_search": "the stop and search files of the police force that polices it (data.police.uk)",
    "street": "the street crime files of the police force that polices it, with every category (data.police.uk)",
    "outcomes": "the outcomes files of the police force that polices it (data.police.uk)",
    "thorough_search": "the Met's file of thorough searches (London Datastore)",
    "use_of_force": "the Met's file of use of force (London Datastore)",
    "survey": "the borough tables of MOPAC's Public Attitude Survey (London Datastore)",
    "control_total": "the Met's borough-level crime file (London Datastore)",
    "revenue_return": "the council's revenue return (Ministry of Housing, Communities and Local Government)",
    "section_251": "the council's section 251 return (Department for Education)",
    "payment": "the council's own files of payments",
}
