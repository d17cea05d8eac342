"""/api/v1/: the catalogue and the self-check for everybody, own applications for citizens, the queue for officers."""
