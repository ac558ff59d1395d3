"""Read clips, sounds and pictures that a user names; no other room does."""
