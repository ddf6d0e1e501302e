"""Figures per minute."""
