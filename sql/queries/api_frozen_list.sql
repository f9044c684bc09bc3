-- The frozen reports of an area, the latest first.
-- $1 area code: text, the code of the area
  select hash, area_code, slug, title, meeting, release, is_sample, app_version, frozen_at
    from frozen_report
   where area_code = $1::text
order by frozen_at desc, hash
   limit 500
