"""The only room that reads clips, sounds and pictures that a user names."""
