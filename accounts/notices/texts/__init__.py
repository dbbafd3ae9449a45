"""The words of every event, in three languages; data, not code. How they are read: `accounts/notices/template.py`."""
