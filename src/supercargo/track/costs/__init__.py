"""What suppliers billed and what was set aside, as events; what follows from them is measured elsewhere."""
