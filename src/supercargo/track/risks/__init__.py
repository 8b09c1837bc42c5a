"""The register of risks in operations, insurance policies, and claims from loss to settlement."""
