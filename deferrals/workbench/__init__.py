"""The review workbench: what reviewers see and do, on the staff's site."""
