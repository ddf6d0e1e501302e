"""Properties run without a time limit per example: other tests may share the two cores."""

from hypothesis import HealthCheck, settings

__all__: list[str] = []

settings.register_profile("tillwatch", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tillwatch")
