-- What each council says that it publishes. No parameters.
  select borough,
         frequency,
         threshold,
         earliest,
         latest,
         is_gross,
         is_verified
    from payment_publication
