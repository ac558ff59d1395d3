"""Models on this disk: catalogue, folder, pinned hashes."""
