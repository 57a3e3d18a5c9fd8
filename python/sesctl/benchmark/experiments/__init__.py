"""The experiments of the study, one a file; each returns numbers, as JSON knows them."""
