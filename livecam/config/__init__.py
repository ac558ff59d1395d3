"""Settings, profiles, the folders of this installation, and its calibration.

Calibration is what was measured on this machine.
"""
