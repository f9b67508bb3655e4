"""The script that readers run, under Node.js, held against our own core."""
