"""Files to start from: copy them into a project of your own."""
