"""What results mean: effects, estimators, surveys and costs, as pure functions of arrays and tables."""
