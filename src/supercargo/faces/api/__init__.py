"""The API: HTTP to use cases and back."""
