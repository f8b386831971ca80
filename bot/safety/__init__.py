"""Safety: the screen that every message passes first, and the help that it calls for. Depends on nothing."""
