"""`make bench`: the portal side by side with bare views on the same server, middleware, session and database.

The parent (`__main__`, one module a group) knows no Django: it starts servers and sends requests. What needs the
models runs in a process of its own (`inside`, `tasks/`), against the database named in its environment.
"""
