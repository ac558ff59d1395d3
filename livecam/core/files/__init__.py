"""Files are written whole or not at all, for their owner where they are private."""
