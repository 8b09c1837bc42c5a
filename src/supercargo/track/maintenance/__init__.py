"""Work orders on tails, pads and facilities, and the use that makes them due."""
