"""The heads of the generator and the expressions of a photo."""
