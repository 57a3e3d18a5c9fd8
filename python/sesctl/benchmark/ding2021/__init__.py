"""The study of Ding et al. (2021): images of days before and after earthquakes, told apart."""
