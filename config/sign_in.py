"""Settings of django-allauth: how people sign up and in."""
