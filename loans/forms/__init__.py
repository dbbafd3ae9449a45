"""The shapes of what is sent in, a module a family of pages."""
