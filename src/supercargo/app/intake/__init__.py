"""Workbooks and files taken in: what goes where, what is wrong with it, and all of it recorded as one act."""
