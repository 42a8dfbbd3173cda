"""Questions put to the model by running it many times: does it reproduce the norms, what do its numbers depend on."""
