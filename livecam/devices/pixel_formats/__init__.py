"""Pixel formats that devices and encoders take, from ours."""
