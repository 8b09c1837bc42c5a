"""What has to be shown: evidence, waivers, drills, partners and risks, and what other events prove of custody and missions."""
