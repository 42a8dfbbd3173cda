"""Reading a OneRoster: who is in which class, and who teaches it."""
