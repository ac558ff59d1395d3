"""Convert to the pixel formats of devices and encoders."""
