"""Which worlds agree with the published evidence, and what that evidence identifies."""
