"""What happens to connections when processes, disks and locks fail at the worst moment."""
