-- Whether any file was of sample data; null where there is no file. Populations are real beside a sample too. No parameters.
select bool_or(is_sample)
  from resource
 where source <> 'population'
