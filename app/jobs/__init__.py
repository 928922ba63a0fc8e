"""Background work: the ticker over the tables of timers and messages."""
