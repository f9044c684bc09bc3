-- Count what became of the crimes of a range of months, by force, borough and category, at each age of their cases.
-- $1 first_month: date
-- $2 last_month: date
--
-- A case is an identifier in the street rows of a force and month; one that stands there twice is one case, of the row
-- placed in London, then of the first category, then of the lowest borough. Its class at an age: charged, if any outcome
-- up to then is, else the class of the latest month's outcomes; of several in one month, and of the last outcomes of
-- several rows, the first in the order of `ranked`. Without an outcome a case is open, or unknown where the street file's
-- own last outcome says nothing.
  with ranked (class, rank) as (
       values ('charged', 1), ('formal_out_of_court', 2), ('informal', 3), ('other_agency', 4),
              ('not_proceeded_with', 5), ('no_suspect', 6), ('open', 7), ('unknown', 8)
       ),
       ranked_word as (
       select v.code, r.rank
         from vocabulary v
         join ranked r
        using (class)
        where v.field = 'crime_outcome'
       ),
       listed as (
       select class, sort_order
         from vocabulary_class
        where field = 'category'
          and class not in ('anti_social_behaviour', 'violent_crime', 'public_disorder_and_weapons', 'unknown')
       ),
       -- the categories that a month's street file holds, as codes of words
       held as (
       select m.force, m.month, v.code, l.sort_order
         from received_month m
         join listed l
           on l.class = any (m.words)
         join vocabulary v
           on v.field = 'category' and v.class = l.class
        where m.source = 'street' and m.month between $1::date and $2::date
       ),
       -- the ages at which every month's outcomes file is there and tells of the crimes, and the last outcome in the street file, at no age
       based as materialized (
       select s.force, s.month, a.basis
         from (select distinct force, month from held) s
        cross join (values ('age_0', 0), ('age_1', 1), ('age_3', 3), ('age_6', 6), ('age_12', 12),
                           ('as_published', null)) a (basis, age)
        where a.age is null
           or (select count(*)
                 from received_month m
                where m.source = 'outcomes'
                  and m.force = s.force
                  and m.month between s.month and s.month + a.age * interval '1 month'
                  and (m.month = s.month or not m.unusable_fields ? 'older_cases')) = a.age + 1
       ),
       outcomes as (
       select o.force, o.month, o.crime_id, r.rank
         from crime_outcome o
         join ranked_word r
           on r.code = o.outcome
        where o.month between $1::date and $2::date + interval '12 months'
          and o.crime_id is not null
       ),
       cases as (
       select c.force,
              c.month,
              -- one number that sorts as the rule says, and that holds category and borough
              min(case when c.borough > 0 then 0 else 1000000 end + h.sort_order * 100 + c.borough + 1)  as home,
              min(r.rank)                            as stated,
              -- greater is later, and in a month first in the order; a charge is greater than all
              max(d.weight) filter (where d.age <= 0)   as weight_0,
              max(d.weight) filter (where d.age <= 1)   as weight_1,
              max(d.weight) filter (where d.age <= 3)   as weight_3,
              max(d.weight) filter (where d.age <= 6)   as weight_6,
              max(d.weight) filter (where d.age <= 12)  as weight_12
         from crime c
         join held h
           on h.force = c.force and h.month = c.month and h.code = c.category
         join ranked_word r
           on r.code = c.last_outcome
         left join outcomes o
           on o.crime_id = c.crime_id and o.force = c.force and o.month >= c.month
        cross join lateral (
              -- months begin 28 to 31 days after each other: this is exact for more than a year
              select a.age, case when o.rank = 1 then 1000 else a.age * 10 end + 9 - o.rank  as weight
                from (values ((o.month - c.month + 5) / 30)) a (age)
              ) d
        where c.month between $1::date and $2::date
          and c.crime_id is not null
     group by c.force, c.month, c.crime_id
       ),
       -- few kinds of case remain before they are told apart by age
       counted as (
       select force, month, home, stated, weight_0, weight_1, weight_3, weight_6, weight_12, count(*) as cases
         from cases
     group by force, month, home, stated, weight_0, weight_1, weight_3, weight_6, weight_12
       ),
       told as (
       select c.force, c.month, c.home, b.basis, c.cases,
              case when b.basis = 'as_published' then c.stated
                   when b.weight is not null then 9 - b.weight % 10
                   when c.stated = 8 then 8
                   else 7
               end as rank
         from counted c
        cross join lateral (
              values ('age_0', c.weight_0), ('age_1', c.weight_1), ('age_3', c.weight_3), ('age_6', c.weight_6),
                     ('age_12', c.weight_12), ('as_published', null)
              ) b (basis, weight)
       )
insert into case_tally (force, month, borough, category, basis, class, cases)
select t.force,
       t.month,
       t.home % 100 - 1,
       l.class,
       t.basis,
       r.class,
       sum(t.cases)
  from told t
  join based
 using (force, month, basis)
  join ranked r
 using (rank)
  join listed l
    on l.sort_order = t.home % 1000000 / 100
 group by t.force, t.month, t.home % 100, l.class, t.basis, r.class
