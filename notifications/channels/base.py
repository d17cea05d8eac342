class PermanentFailure(Exception):
    """The provider says it will never take this message (a wrong number, a template not approved)."""
