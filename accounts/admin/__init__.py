"""What staff see of people, a module a family; every module is imported here, so that it registers."""

from accounts.admin import borrowers, identity_cases, notices, people

__all__ = ["borrowers", "identity_cases", "notices", "people"]
