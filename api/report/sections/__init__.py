"""The sections of a report: what each says, shows and lists."""
