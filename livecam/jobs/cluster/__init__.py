"""Jobs on other machines, by Ray.

The owner's machine seals what travels for the nodes it named, verifies the marks of what comes back, and signs it.
"""
