-- The latest release and the boundaries that place events now. No parameters.
select (select max(release_id) from release)                as release_id,
       (select vintage from boundary_set where is_current)  as boundary_vintage
