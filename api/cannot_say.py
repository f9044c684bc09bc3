"""What these data cannot answer, and whom to ask (shared/methods.md, section 10). Reviewed text: change it with care."""

import msgspec


class CannotSay(msgspec.Struct, frozen=True):
    """A question that no figure here answers, why not, and who may know."""

    question: str
    why: str
    ask: str


CANNOT_SAY: tuple[CannotSay, ...] = (
    CannotSay(
        "Was a search, or a use of force, justified?",
        "Grounds are not in the published files, and a positive outcome does not show them.",
        "The borough commander, for the records that the scrutiny panel may see.",
    ),
    CannotSay(
        "Was the item found that was searched for?",
        "No field says so. A linked outcome is not a find.",
        "The borough commander.",
    ),
    CannotSay(
        "How many different people were searched, and how often?",
        "The files count events and carry nothing by which to tell people apart.",
        "The Met's information rights unit.",
    ),
    CannotSay(
        "Which officers or units did it, such as the Territorial Support Group?",
        "Units and officers are not in the files.",
        "The borough commander; for units that work across London, the Met.",
    ),
    CannotSay(
        "Why do the figures of two groups, or of two boroughs, differ?",
        "Counts and residents show that they differ, never why.",
        "The borough commander, the council's community safety team, and the people concerned.",
    ),
    CannotSay(
        "How many complaints were there, what came of them, and of officers' misconduct?",
        "They are published elsewhere and not by borough.",
        "The Independent Office for Police Conduct, and the Met's directorate of professional standards.",
    ),
    CannotSay(
        "Did anyone die, or come to serious harm, after restraint or in custody?",
        "Such cases are investigated one by one and are not in these files.",
        "The Independent Office for Police Conduct.",
    ),
    CannotSay(
        "How often were people handcuffed without another use of force, and drivers stopped without a search?",
        "Handcuffing is recorded as a use of force only; stops of drivers without a search are not published here.",
        "The borough commander, and the Mayor's Office for Policing and Crime.",
    ),
    CannotSay(
        "Where was live facial recognition used, and was body-worn video switched on?",
        "Neither is in these files.",
        "The Met, which publishes its deployments; the borough commander for reviews of video.",
    ),
    CannotSay(
        "How many cases ended in conviction?",
        "Court results in these files stop after May 2019.",
        "The Ministry of Justice and the Crown Prosecution Service.",
    ),
    CannotSay(
        "What did a council spend on its own staff, such as wardens or youth workers?",
        "Salaries are left out of published payments, and the returns give a service in one sum, staff and all else together.",
        "The council's chief finance officer (the section 151 officer).",
    ),
    CannotSay(
        "Why did a council spend more or less, or budget for it?",
        "Amounts show that it changed, never why: a service can be cut, moved to another line, or paid for by a grant.",
        "The council's scrutiny committee and its chief finance officer.",
    ),
    CannotSay(
        "Was a payment, or a contract, value for money?",
        "A payment has a supplier, an amount and few words; what was delivered is not published with it.",
        "The council's scrutiny committee, and its external auditor.",
    ),
    CannotSay(
        "What was paid below the threshold, or to suppliers whose names are left out?",
        "Councils publish payments from a threshold on, and leave names out where they judge that they must.",
        "The council's chief finance officer, or its information rights team.",
    ),
    CannotSay(
        "What was spent on community safety, where only a budget is given?",
        "Spending by line is in the RO5 return alone; a budget is a plan, and no figure of it is what was spent.",
        "The Ministry of Housing, Communities and Local Government, which publishes RO5; the council's chief finance officer.",
    ),
)
