"""The staff inbox: a web page on a port of its own, on which a clinic's staff work through consult requests."""
