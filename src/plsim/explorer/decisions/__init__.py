"""The door for deciders: scenarios, comparisons and what is said of them."""
