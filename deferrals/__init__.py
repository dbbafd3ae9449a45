"""Relief: asking for it, deciding it, offering it, and keeping what was agreed."""
