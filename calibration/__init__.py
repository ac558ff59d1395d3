"""What is learned once on this machine and person, and written down."""
