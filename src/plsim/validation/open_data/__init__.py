"""Open longitudinal data beside the model."""
