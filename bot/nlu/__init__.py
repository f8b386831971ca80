"""Rasa graph components: thin shells over the safety screen and the intent classifier."""
