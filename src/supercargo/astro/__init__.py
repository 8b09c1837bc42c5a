"""Orbits, time scales, frames and plane crossings. Import from the modules: each stands for itself."""
