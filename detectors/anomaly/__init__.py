"""Detectors of anomalies in a single series of values, each behind `detector.AnomalyDetector`."""
