"""What `make` runs on a machine: local servers where none are given, the demo, the tests, the checks.

Nothing here is imported by the portal itself, and nothing here imports Django's settings.
"""
