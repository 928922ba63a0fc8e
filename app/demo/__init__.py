"""Demonstrations: invented people and figures, played through the services that people use."""
