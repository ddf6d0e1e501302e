"""Why a total changed: which combination of dimensions explains it, from its parts alone."""
