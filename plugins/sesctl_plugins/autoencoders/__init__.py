"""Autoencoders that denoise a day of one dipole, after Xue et al. (2022)."""
