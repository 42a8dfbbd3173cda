"""The page of a study folder."""
