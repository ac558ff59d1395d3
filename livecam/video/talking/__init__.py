"""A face without a camera, moved by the voice."""
