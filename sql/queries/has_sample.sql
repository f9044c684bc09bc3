-- Whether any file was of sample data; null where there is no file. No parameters.
select bool_or(is_sample)
  from resource
 where source in ('stop_search', 'street', 'outcomes')
