"""Many tasks, each finished once: store, schedule, workers, cluster."""
