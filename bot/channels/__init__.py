"""Rasa input channels. Each binds the clinic itself; a client can set neither clinic nor metadata."""
