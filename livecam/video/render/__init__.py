"""The persona's texture drawn over the live face."""
