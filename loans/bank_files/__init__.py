"""Files to and from a bank, ISO 20022: collections out (pain.008), notifications in (camt.054).

`stream` reads XML piece by piece and refuses what is hostile, `camt054` finds in it what moved,
`pain008` writes what is to be collected, and `sandbox` is a bank that answers. Nothing here knows
the database; `docs/bank-files.md` is for whoever talks to the bank.
"""
