"""The renderer of drawn heads: training pictures and the sample clip."""
