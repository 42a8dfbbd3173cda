"""The compiled engine: no agents, no Python inside the week loop."""
