"""The pages that people work with: made on the server, used with the keyboard, printed, and read without any script."""
