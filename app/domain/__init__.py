"""The rules of the evaluation: pure Python, standard library only, no clock, no database."""
