-- The frozen reports whose hash begins with some letters, and whether the document still has its hash.
-- $1 beginning: text, the beginning of a hash, hexadecimal
  select hash, area_code, slug, title, meeting, release, is_sample, app_version, frozen_at,
         hash = encode(sha256(document), 'hex') as is_whole
    from frozen_report
   where hash like $1::text || '%'
order by hash
   limit 2
