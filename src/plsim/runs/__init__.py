"""What a user runs: one scenario, a comparison, districts, and what they return."""
