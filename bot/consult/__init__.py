"""Consult requests: what a patient asked staff to call back about, and where it is kept."""
