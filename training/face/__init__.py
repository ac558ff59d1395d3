"""Training of the face detector and the dense mesh."""
