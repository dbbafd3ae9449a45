"""The borrower's pages about their credit record, a module a family; each translates HTTP and nothing else."""
