"""What the registers of a new installation start with, and the script that made the calendar."""
