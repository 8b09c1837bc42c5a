"""The life of cargo: from the order to consumption, return or disposal, with custody, seals and what is inside what."""
