"""What the pages show: put together from the views of the log and from the plans that were released."""
