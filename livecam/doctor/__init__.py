"""What a session needs, what is missing and what helps."""
