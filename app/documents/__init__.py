"""Evidence: files kept by their content, and the kinds of file that are accepted."""
