"""Forms, one module a topic as in programs.views."""
