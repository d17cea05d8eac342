"""Forms of the door guard, one module a topic."""
