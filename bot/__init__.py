"""The conversation: channels, NLU, safety, consult requests, and the command line."""
