"""Microphones, speakers and the virtual microphone."""
