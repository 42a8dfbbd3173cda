"""Whether typical practice reproduces the published norms."""
