"""What made the shipped networks and heads; for maintainers, not in the wheel."""
