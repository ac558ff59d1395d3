"""The live face unrolled by its mesh, without pose and without its light."""
