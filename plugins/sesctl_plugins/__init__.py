"""The detectors that come with sesctl, registered as a stranger's would be."""
