"""How the mouth moves that speaks a sound."""
