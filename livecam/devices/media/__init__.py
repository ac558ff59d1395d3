"""The media door: every clip, sound and picture that a user names is read here, and nowhere else."""
