"""A made-up book of any size: whose loans, on which terms, and what became of each. Pure; `services` writes it."""
