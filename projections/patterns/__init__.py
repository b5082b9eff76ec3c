"""The questions that an investigator starts from, as named queries over the views (docs/patterns.md)."""
