"""What files say about themselves: a signed C2PA manifest, written and read, and plain metadata."""
