"""The verbs of `faqbot`, a file each, with what only they need; `bot/cli.py` puts them together."""
