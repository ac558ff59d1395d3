"""Train, judge and write the network that refines the drawn face."""
