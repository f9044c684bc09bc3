"""The oracle: slow, obvious Python versions of what the SQL and the API compute.

Written from methods.md alone. It shares no code with etl/, sql/ or api/, works on plain lists of rows in the
words of the published files, and is meant to be read, not to be fast.

    words      published word -> class
    measures   rows of one kind -> observations, one function a metric
    figures    observations -> rates, shares, ratios, bands, windows
    partial    is a month's file cut short?
    survey     the survey of MOPAC: shares of boroughs, and of several together
    real       the figures of methods.md section 3, straight from the published files
"""
