"""What knows nothing of schools: errors, compilation, chance, the calendar."""
