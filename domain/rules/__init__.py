"""The rules, one module per concept: ``guard_…`` yields refusals, ``fold_…`` draws the consequences."""
