"""The borrower's pages of lending, a module a family; each translates HTTP and nothing else."""
