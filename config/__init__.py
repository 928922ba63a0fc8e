"""Settings, seeds of the registers and the set-up; imports nothing of app."""
