"""Engines that convert a voice."""
