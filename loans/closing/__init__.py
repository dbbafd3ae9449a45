"""The close of a business day: what is looked at when, who runs it, and which steps it has."""
