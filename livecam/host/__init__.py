"""The machine: what it is, how busy, what it spends."""
