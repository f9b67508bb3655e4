"""What people see and press: a real browser on a real installation."""
