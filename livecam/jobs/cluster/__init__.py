"""Run jobs on other machines, by Ray.

The owner's machine seals what travels for the nodes it named. It verifies the marks of results, and signs them.
"""
