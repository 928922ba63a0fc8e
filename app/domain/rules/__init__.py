"""The rules of the decree, one function each; data in, data out or a refusal."""
