"""Faults at the worst moments of every process, and whether anything was lost or doubled."""
