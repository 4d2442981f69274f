"""The lessons: that each mistake is one, and each cure a cure."""
