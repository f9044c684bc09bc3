-- The tally by the groups of the measures: each category, and the total where every category was received.
create view case_group as
    select t.force, t.month, t.borough, t.basis, g.group_code, t.class, t.cases
      from case_tally t
      join case_month m
     using (force, month)
     cross join lateral (values ('category:' || t.category, true), ('total', m.is_whole)) g (group_code, is_there)
     where g.is_there;
