"""The explorer as one file that opens without a server: demonstrations, classes, scenarios and a grid of answers."""
