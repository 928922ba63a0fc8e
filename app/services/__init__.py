"""One keyword-only function per act, one transaction each; entry points call these only."""
