"""What the model is held against: facts, claims, norms, open data."""
