"""Relief over HTTP: asking, following a request, the offer, letters."""
