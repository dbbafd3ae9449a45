"""Pages about oneself: translation between HTTP and the services, nothing else."""

from accounts.views.own import set_language

__all__ = ["set_language"]
