"""The trail: what is written on it, how it is protected, and how it is checked."""
