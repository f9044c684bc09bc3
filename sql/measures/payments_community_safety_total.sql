-- title = "Payments that seem to be for community safety"
-- definition = "Payments that the council publishes and that, by their words, seem to be for community safety, CCTV, or domestic abuse and violence against women and girls, in £. Payments for enforcement and wardens are not counted yet."
-- source = "payment"
-- kind = "flow"
-- statistic = "amount"
-- unit = "£"
-- numerator = "amounts of payments tagged community safety, CCTV or domestic abuse (enforcement and wardens once its precision is measured)"
-- denominator = "none"
-- words = "payment_kind"
-- interval = "none"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "A tag is an estimate by reviewed rules over the words that a payment is published with. docs/tags.md has the rules, how often each was right on payments read by hand, and what they miss.",
--     "A council that publishes fewer words with its payments (no department, no purpose) has fewer that a rule can find: compare a council with itself, not with others.",
--     "Tag community safety: 35 of 35 labelled payments are rightly tagged (precision 1.00, 0.90 to 1.00).",
--     "Tag cctv: 12 of 13 labelled payments are rightly tagged (precision 0.92, 0.67 to 0.99; few).",
--     "Tag enforcement wardens: not published, since only 3 labelled payments have the tag, too few to measure its precision.",
--     "Tag domestic abuse: 81 of 81 labelled payments are rightly tagged (precision 1.00, 0.95 to 1.00).",
--     "Precision was measured on payments of 30 files of 2011 to 2022, most from councils outside London, with the rules written from the same files: on other files it may be lower (docs/tags.md).",
--     "Not what the council spends: salaries are left out, so are payments under the threshold, which differs between councils (none, £250 or £500, with or without VAT); charges of one department to another are no payments, and payments of several years may stand in one month.",
--     "Not to be reconciled to the returns to the government: those are net of income, count what is due in a year, hold salaries and leave out what is capital.",
--     "As the councils publish: some leave out schools, carers, banks or other public bodies. Net of VAT; where a council publishes amounts with VAT (Merton), the VAT that its file gives is taken off.",
--     "Payments over the threshold, by purchase card and as grants are never added: what was paid by card may stand among those over the threshold too, as one payment to the bank or one by one, and so may grants.",
--     "Credit notes count as negative payments. A payment stands in the month under which its file publishes it.",
--     "The Greater London Authority and Transport for London are London-wide, and in no borough's figure.",
--     "By financial year only, and where each council of the area has at least five payments for domestic abuse in the year, or none: the other tags it adds up are groups of payments_total for any months, so that those payments would follow.",
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
  with paid as (
       select force, month, kind, sum(pence) as pence, sum(payments) as payments
         from payment_sum
        where month between $1::date and $2::date
          and tag in ('community_safety', 'cctv', 'enforcement_wardens', 'domestic_abuse')
     group by force, month, kind
       )
select 'total'                                as group_code,
       c.kind                                 as basis,
       c.force                                as force,
       c.borough                              as borough,
       c.month                                as period_start,
       c.month_end                            as period_end,
       coalesce(p.pence, 0)::bigint           as numerator,
       null::bigint                           as reference_numerator,
       null::bigint                           as unknown_numerator,
       coalesce(p.payments, 0)::bigint        as base
  from payment_cell c
  left join paid p
 using (force, month, kind)
 where c.month between $1::date and $2::date
