-- Every word with its code and its class. No parameters.
select field,
       code,
       word,
       class
  from vocabulary
