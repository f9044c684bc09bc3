-- Note that a metric's observations of a month no longer follow from the facts.
-- $1 metric: text
-- $2 month: date
insert into stale (metric, month)
values ($1::text, $2::date)
    on conflict do nothing
