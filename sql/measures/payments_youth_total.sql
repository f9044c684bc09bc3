-- title = "Payments that seem to be for youth services and youth justice"
-- definition = "Payments that the council publishes and that, by their words, seem to be for youth services or youth justice, in £."
-- source = "payment"
-- kind = "flow"
-- statistic = "amount"
-- unit = "£"
-- numerator = "amounts of payments tagged youth services or youth justice"
-- denominator = "none"
-- words = "payment_kind"
-- interval = "none"
-- direction = "neither"
-- method_version = 1
-- since = "2026-11"
-- caveats = [
--     "A tag is an estimate by reviewed rules over the words that a payment is published with. docs/tags.md has the rules, how often each was right on payments read by hand, and what they miss.",
--     "A council that publishes fewer words with its payments (no department, no purpose) has fewer that a rule can find: compare a council with itself, not with others.",
--     "Tag youth services: 128 of 129 labelled payments are rightly tagged (precision 0.99, 0.96 to 1.00).",
--     "Tag youth justice: 85 of 86 labelled payments are rightly tagged (precision 0.99, 0.94 to 1.00).",
--     "Precision was measured on payments of 30 files of 2011 to 2022, most from councils outside London, with the rules written from the same files: on other files it may be lower (docs/tags.md).",
--     "Not what the council spends: salaries are left out, so are payments under the threshold, which differs between councils (none, £250 or £500, with or without VAT); charges of one department to another are no payments, and payments of several years may stand in one month.",
--     "Not to be reconciled to the returns to the government: those are net of income, count what is due in a year, hold salaries and leave out what is capital.",
--     "As the councils publish: some leave out schools, carers, banks or other public bodies. Net of VAT; where a council publishes amounts with VAT (Merton), the VAT that its file gives is taken off.",
--     "Payments over the threshold, by purchase card and as grants are never added: what was paid by card may stand among those over the threshold too, as one payment to the bank or one by one, and so may grants.",
--     "Credit notes count as negative payments. A payment stands in the month under which its file publishes it.",
--     "The Greater London Authority and Transport for London are London-wide, and in no borough's figure.",
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
          and tag in ('youth_services', 'youth_justice')
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
