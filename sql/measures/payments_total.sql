-- title = "Payments published by the council"
-- definition = "Payments that the council publishes under the Local Government Transparency Code, in £: those over its threshold, by purchase card, and grants, each apart. In groups by what they seem to be for."
-- source = "payment"
-- kind = "flow"
-- statistic = "amount"
-- unit = "£"
-- numerator = "amounts of the payments published for the month"
-- denominator = "none"
-- words = "payment_kind"
-- interval = "none"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "Not what the council spends: salaries are left out, so are payments under the threshold, which differs between councils (none, £250 or £500, with or without VAT); charges of one department to another are no payments, and payments of several years may stand in one month.",
--     "Not to be reconciled to the returns to the government: those are net of income, count what is due in a year, hold salaries and leave out what is capital.",
--     "As the councils publish: some leave out schools, carers, banks or other public bodies. Net of VAT; where a council publishes amounts with VAT (Merton), the VAT that its file gives is taken off.",
--     "Payments over the threshold, by purchase card and as grants are never added: what was paid by card may stand among those over the threshold too, as one payment to the bank or one by one, and so may grants.",
--     "Credit notes count as negative payments. A payment stands in the month under which its file publishes it.",
--     "The Greater London Authority and Transport for London are London-wide, and in no borough's figure.",
--     "A tag is an estimate by reviewed rules over the words that a payment is published with. docs/tags.md has the rules, how often each was right on payments read by hand, and what they miss.",
--     "Tag community safety: 35 of 35 labelled payments are rightly tagged (precision 1.00, 0.90 to 1.00).",
--     "Tag cctv: 12 of 13 labelled payments are rightly tagged (precision 0.92, 0.67 to 0.99; few).",
--     "Tag domestic abuse: 81 of 81 labelled payments are rightly tagged (precision 1.00, 0.95 to 1.00).",
--     "Tag youth services: 128 of 129 labelled payments are rightly tagged (precision 0.99, 0.96 to 1.00).",
--     "Tag youth justice: 85 of 86 labelled payments are rightly tagged (precision 0.99, 0.94 to 1.00).",
--     "Tag enforcement wardens: not published, since only 3 labelled payments have the tag, too few to measure its precision.",
--     "Precision was measured on payments of 30 files of 2011 to 2022, most from councils outside London, with the rules written from the same files: on other files it may be lower (docs/tags.md).",
--     "Payments for domestic abuse and violence against women and girls are given as totals only, never by supplier, and not as single payments.",
--     "Payments for domestic abuse are a group of their own by financial year only. They also stand in the group of those that no rule matches, so that no month of them follows from the total less the other groups: the groups without that of domestic abuse add up to the total.",
-- ]
-- [[bases]]
-- basis = "over_500"
-- label = "payments over the council's threshold"
-- [[bases]]
-- basis = "purchase_card"
-- label = "payments by purchase card, where the council publishes them"
-- [[bases]]
-- basis = "grant"
-- label = "grants, where the council publishes them apart"
-- [[groups]]
-- dimension = "tag"
-- label = "what the payment seems to be for"
-- field = "payment_tag"
-- classes = ["community_safety", "cctv", "domestic_abuse", "youth_services", "youth_justice", "untagged"]
-- bases = ["over_500", "purchase_card", "grant"]
  with cell as (
       select force, month, month_end, borough, kind
         from payment_cell
        where month between $1::date and $2::date
       ),
       -- payments for domestic abuse stand with the untagged too: else the total less the other tags would tell a month's
       told as (
       select s.force, s.month, s.kind, t.tag, s.pence, s.payments
         from payment_sum s
        cross join lateral (select null::text
                             union all
                            select s.tag
                             union all
                            select 'untagged' where s.tag = 'domestic_abuse') t (tag)
        where s.month between $1::date and $2::date
       ),
       paid as (
       select force, month, kind, tag, sum(pence) as pence, sum(payments) as payments
         from told
     group by force, month, kind, tag
       ),
       -- the total, and each tag
       wanted as (
       select null::text as tag
        union all
       select unnest(array['community_safety', 'cctv', 'domestic_abuse', 'youth_services', 'youth_justice', 'untagged'])
       )
select coalesce('tag:' || w.tag, 'total')     as group_code,
       c.kind                                 as basis,
       c.force                                as force,
       c.borough                              as borough,
       c.month                                as period_start,
       c.month_end                            as period_end,
       coalesce(p.pence, 0)::bigint           as numerator,
       null::bigint                           as reference_numerator,
       null::bigint                           as unknown_numerator,
       coalesce(p.payments, 0)::bigint        as base
  from cell c
 cross join wanted w
  left join paid p
    on p.force = c.force and p.month = c.month and p.kind = c.kind
   and p.tag is not distinct from w.tag
