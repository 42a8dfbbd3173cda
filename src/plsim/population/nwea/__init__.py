"""Reading what NWEA MAP exports."""
