"""Fraud detection on payments."""
