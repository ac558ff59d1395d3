"""Train a model of one's own face on this machine.

Enrolment, the linear model, the network, what is kept.
"""
