"""Returns of every council to government departments: what they budget and spend by line and financial year."""
