"""Forms about people: signing up and in, who one is, one's bank accounts."""
