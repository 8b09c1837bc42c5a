"""What people and programs touch: the command line translates, calls a use case, and translates back."""
